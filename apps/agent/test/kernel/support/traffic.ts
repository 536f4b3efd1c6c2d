/** Packets on loopback, of which it is known how many are sent. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

const HOST = '127.0.0.1'
/** So that neither queue nor event loop overflows. */
const PER_TURN = 64

/** Datagrams from one socket to these ports, in turns. @returns the port that they come from */
export async function sendDatagrams(count: number, ports: readonly number[], bytes = 32): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, HOST)
  await once(socket, 'listening')
  const { port: from } = socket.address()
  const data = new Uint8Array(bytes)
  // Ports that nobody listens on answer by ICMP, which the socket is told of.
  socket.on('error', () => undefined)
  for (let sent = 0; sent < count; sent += 1) {
    socket.send(data, ports[sent % ports.length] as number, HOST)
    if (sent % PER_TURN === PER_TURN - 1) await nextTurn()
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return from
}

/** A port that takes datagrams and forgets them. @returns what it received, when it is closed */
export async function openSink(): Promise<{ port: number; close: () => Promise<number> }> {
  const socket = createSocket('udp4')
  let received = 0
  socket.on('message', () => {
    received += 1
  })
  socket.bind(0, HOST)
  await once(socket, 'listening')
  const close = async () => {
    await new Promise<void>((resolve) => socket.close(() => resolve()))
    return received
  }
  return { port: socket.address().port, close }
}

/** A connection that carries so many bytes one way, and is closed. */
export async function sendStream(bytes: number): Promise<{ server: number; client: number }> {
  const server = createServer((socket) => socket.resume().on('end', () => socket.end()))
  server.listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect(port, HOST).resume()
  await once(client, 'connect')
  const from = client.localPort ?? 0
  client.end(new Uint8Array(bytes))
  await once(client, 'close')
  server.close()
  await once(server, 'close')
  return { server: port, client: from }
}
