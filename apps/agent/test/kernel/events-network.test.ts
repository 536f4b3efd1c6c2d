/** What the programs tell of connections and packets, on the real kernel's loopback. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { EVENT_TYPES } from '@ringside/protocol'
import { describe, expect, test } from 'vitest'
import { DIRECTION } from '../../src/source/abi.ts'
import { type SeenEvent, watch } from './support/events.ts'

const TCP = { [EVENT_TYPES.tcp]: 'on_tcp' }
const PACKETS = { [EVENT_TYPES.packet]: 'on_send' }
const RECEIVED = { [EVENT_TYPES.packet]: 'on_receive' }
/* include/net/tcp_states.h */
const [ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN] = [1, 2, 3, 4, 7, 8, 9, 10]
const [IPPROTO_TCP, IPPROTO_UDP] = [6, 17]
const SYN = 2
const IPV4_UDP_HEADERS = 28
const LOOPBACK_V6 = '00000000000000000000000000000001'

interface Ports {
  server: number
  client: number
}

/**
 * One connection, closed by the client first; the server's socket is closed at last.
 * @param from the client's own address and port, where they matter
 */
async function connection(
  listenAt: string,
  connectTo: string,
  { serverPort = 0, from = {} }: { serverPort?: number; from?: { localAddress?: string; localPort?: number } } = {},
): Promise<Ports> {
  const server: Server = createServer((socket) => socket.resume().on('end', () => socket.end()))
  server.listen(serverPort, listenAt)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect({ port, host: connectTo, ...from })
  await once(client, 'connect')
  const clientPort = client.localPort as number
  client.end('x')
  client.resume()
  await once(client, 'close')
  server.close()
  await once(server, 'close')
  return { server: port, client: clientPort }
}

async function watchConnection(programs: Record<number, string>, listenAt: string, connectTo: string) {
  let ports: Ports = { server: 0, client: 0 }
  const events = await watch(programs, async () => {
    ports = await connection(listenAt, connectTo)
  })
  return { ports, events: events.filter(({ conn }) => conn.sport === ports.server || conn.dport === ports.server) }
}

function change({ numbers }: SeenEvent): number[] {
  return [numbers.old_state as number, numbers.new_state as number]
}

test('one socket keeps one key from connect to close, and its tuple', async () => {
  const { ports, events } = await watchConnection(TCP, '127.0.0.1', '127.0.0.1')
  const established = events.find((event) => change(event)[1] === ESTABLISHED && event.conn.dport === ports.server)
  const client = events.filter(({ big }) => big.socket === established?.big.socket)
  expect(client.map(change).slice(0, 3)).toEqual([
    [CLOSE, SYN_SENT],
    [SYN_SENT, ESTABLISHED],
    [ESTABLISHED, FIN_WAIT1],
  ])
  expect(client.at(-1)?.conn).toMatchObject({ saddr: '127.0.0.1', sport: ports.client, dport: ports.server, family: 4 })
})

test('a change names the process where the process makes it, and nobody where a packet does', async () => {
  const { events } = await watchConnection(TCP, '127.0.0.1', '127.0.0.1')
  const byProcess = (old: number, next: number) =>
    events.filter((event) => change(event)[0] === old && change(event)[1] === next).map(({ task }) => task.pid)
  expect(byProcess(CLOSE, LISTEN)).toEqual([process.pid])
  expect(byProcess(CLOSE, SYN_SENT)).toEqual([process.pid])
  expect(byProcess(ESTABLISHED, FIN_WAIT1)).toEqual([process.pid])
  expect(byProcess(CLOSE_WAIT, LAST_ACK)).toEqual([process.pid])
  expect(byProcess(LISTEN, CLOSE)).toEqual([process.pid])
  expect(byProcess(LISTEN, SYN_RECV)).toEqual([0])
  expect(byProcess(SYN_SENT, ESTABLISHED)).toEqual([0])
})

test('IPv6 addresses are told whole, and IPv4 inside of IPv6 as IPv4', async () => {
  const six = await watchConnection(TCP, '::1', '::1')
  expect(six.events.find((event) => change(event)[1] === ESTABLISHED)?.conn).toMatchObject({
    family: 6,
    saddr: LOOPBACK_V6,
    daddr: LOOPBACK_V6,
  })
  const mapped = await watchConnection(TCP, '::', '127.0.0.1')
  const accepted = mapped.events.find((event) => change(event)[0] === SYN_RECV)
  expect(accepted?.conn).toMatchObject({
    family: 4,
    saddr: '127.0.0.1',
    daddr: '127.0.0.1',
    dport: mapped.ports.client,
  })
})

test.each([
  { name: 'sent', programs: PACKETS, direction: DIRECTION.out },
  { name: 'received', programs: RECEIVED, direction: DIRECTION.in },
])('a TCP packet is $name with its addresses, ports and flags', async ({ programs, direction }) => {
  const { ports, events } = await watchConnection(programs, '127.0.0.1', '127.0.0.1')
  const syn = events.find(({ conn }) => conn.tcpFlags === SYN)
  const tuple = { saddr: '127.0.0.1', daddr: '127.0.0.1', sport: ports.client, dport: ports.server }
  expect(syn?.conn).toEqual({ ...tuple, family: 4, protocol: IPPROTO_TCP, direction, tcpFlags: SYN })
  expect(syn?.numbers.segments).toBe(1)
})

test('a UDP datagram has the length of its IP packet', async () => {
  const payload = Buffer.alloc(500)
  let port = 0
  const events = await watch(RECEIVED, async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    port = socket.address().port
    socket.send(payload, port, '127.0.0.1')
    await once(socket, 'message')
    socket.close()
    await once(socket, 'close')
  })
  const mine = events.filter(({ conn }) => conn.protocol === IPPROTO_UDP && conn.dport === port)
  expect(mine.map(({ numbers }) => numbers.length)).toEqual([payload.length + IPV4_UDP_HEADERS])
})

describe('[D12] the traffic of the agent is that of its port', () => {
  const BOTH = { ...TCP, ...PACKETS }

  /** What was told of an agent's port while there was a connection of that port. */
  async function watchPort(programs: Record<number, string>, make: (port: number) => Promise<unknown>) {
    const port = await freePort()
    const events = await watch(programs, async (generator) => {
      generator.setAgentPort(port)
      await make(port)
    })
    return events.filter(({ conn }) => conn.sport === port || conn.dport === port).map(({ type }) => type)
  }

  test.each([
    { name: '127.0.0.1', listenAt: '127.0.0.1', connectTo: '127.0.0.1' },
    { name: '::1', listenAt: '::1', connectTo: '::1' },
    { name: '127.0.0.1 inside of IPv6', listenAt: '::ffff:127.0.0.1', connectTo: '::ffff:127.0.0.1' },
  ])('on $name: nothing is told of it', async ({ listenAt, connectTo }) => {
    const connectHere = (port: number) => connection(listenAt, connectTo, { serverPort: port })
    expect(await watchPort(BOTH, connectHere)).toEqual([])
    expect(await watchPort(RECEIVED, connectHere)).toEqual([])
  })

  test('at either end', async () => {
    const from = (port: number) => connection('127.0.0.1', '127.0.0.1', { from: { localPort: port } })
    expect(await watchPort(BOTH, from)).toEqual([])
    expect(await watchPort(RECEIVED, from)).toEqual([])
  })

  test.each([
    { name: 'another address', listenAt: '127.0.0.2', connectTo: '127.0.0.2' },
    { name: 'another address inside of IPv6', listenAt: '::ffff:127.0.0.2', connectTo: '::ffff:127.0.0.2' },
  ])('$name with that number is told', async ({ listenAt, connectTo }) => {
    const connectHere = (port: number) => connection(listenAt, connectTo, { serverPort: port })
    expect(new Set(await watchPort(BOTH, connectHere))).toEqual(new Set(['tcp', 'packet']))
    expect(await watchPort(RECEIVED, connectHere)).not.toEqual([])
  })

  test('another address at the other end, with that number, is told', async () => {
    const from = (port: number) =>
      connection('127.0.0.1', '127.0.0.1', { from: { localAddress: '127.0.0.2', localPort: port } })
    expect(new Set(await watchPort(BOTH, from))).toEqual(new Set(['tcp', 'packet']))
  })

  test('a datagram to that number is told: the agent has none', async () => {
    const types = await watchPort(RECEIVED, async (port) => {
      const socket = createSocket('udp4').bind(port, '127.0.0.1')
      await once(socket, 'listening')
      socket.send('x', port, '127.0.0.1')
      await once(socket, 'message')
      socket.close()
      await once(socket, 'close')
    })
    expect(types).toEqual(['packet'])
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
