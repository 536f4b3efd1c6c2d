/** Listening on loopback, on every address of it and nothing else, bounded in connections, header sizes and times. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { codeOf } from '../problem.ts'
import { Door, type DoorOptions } from './door.ts'
import type { Hub } from './hub.ts'

const ADDRESSES = ['127.0.0.1', '::1'] as const
const CONNECTIONS_MAX = 256
const HTTP_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  maxHeaderSize: 8 * 1024,
  connectionsCheckingInterval: 2000,
} as const
/** Another program may have the port that was free on the first address: then another one is tried. */
const FREE_PORT_TRIES = 5
const CLOSE_TIMEOUT_MS = 1000

export interface Listening {
  readonly port: number
  /** From now on requests are answered; before, they are told to wait. */
  open(hub: Hub): void
  /** Closes every connection; clients are told 1001. */
  close(): Promise<void>
}

/** @param port 0: a free one. Rejects with EADDRINUSE when the port is taken on any address. */
export async function listen(port: number, options: DoorOptions): Promise<Listening> {
  const door = new Door(options)
  for (let tries = 1; ; tries += 1) {
    const servers: Server[] = []
    const sockets = new Set<Socket>()
    try {
      let taken = port
      for (const address of ADDRESSES) {
        const server = await listenOn(address, taken, door, sockets)
        if (server === null) continue
        servers.push(server)
        taken = (server.address() as AddressInfo).port
      }
      door.setPort(taken)
      return { port: taken, open: (hub) => door.open(hub), close: () => closeAll(servers, sockets, door) }
    } catch (error) {
      for (const server of servers) server.close()
      if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || tries >= FREE_PORT_TRIES) throw error
    }
  }
}

/** @returns null: the host has no such address */
function listenOn(address: string, port: number, door: Door, sockets: Set<Socket>): Promise<Server | null> {
  const server = createServer(HTTP_LIMITS, (request, response) => door.answer(request, response))
  server.maxConnections = CONNECTIONS_MAX
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => door.upgrade(request, socket, head))
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error))) resolve(null)
      else reject(error)
    })
    server.listen({ host: address, port, ipv6Only: address.includes(':') }, () => resolve(server))
  })
}

/** @param sockets every open one: Node's server no longer knows those that were upgraded, or refused to be */
async function closeAll(servers: readonly Server[], sockets: ReadonlySet<Socket>, door: Door): Promise<void> {
  door.sayGoodbye()
  const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, CLOSE_TIMEOUT_MS)
  await closed
  clearTimeout(timer)
}
