import { expect, test } from 'vitest'
import { COMPLETION, SocketTable } from '../../src/ingest/sockets.ts'
import { ABI } from '../../src/source/abi.ts'

const { rs_tcp, rs_task, rs_conn } = ABI.structs

interface Change {
  socket: number
  from: number
  to: number
  pid?: number
  localPort?: number
  remote?: number
}

/** What is known of the socket once this change was taken in. */
function complete(table: SocketTable, change: Change) {
  const words = new Uint32Array(rs_tcp.bytes / 4)
  const view = new DataView(words.buffer)
  view.setUint32(rs_tcp.members.task + rs_task.members.pid, change.pid ?? 0, true)
  view.setUint16(rs_tcp.members.conn + rs_conn.members.sport, change.localPort ?? 0, true)
  view.setUint8(rs_tcp.members.conn + rs_conn.members.daddr, change.remote ?? 0)
  view.setUint8(rs_tcp.members.conn + rs_conn.members.family, 4)
  view.setBigUint64(rs_tcp.members.socket, BigInt(change.socket), true)
  view.setUint8(rs_tcp.members.old_state, change.from)
  view.setUint8(rs_tcp.members.new_state, change.to)
  const out = new Uint32Array(COMPLETION.words)
  table.complete(words, 0, out, 0)
  const known = new DataView(out.buffer)
  return {
    pid: out[COMPLETION.task],
    localPort: known.getUint16(COMPLETION.conn * 4 + rs_conn.members.sport, true),
    remote: known.getUint8(COMPLETION.conn * 4 + rs_conn.members.daddr),
    number: out[COMPLETION.number],
  }
}

test('a change from an interrupt has the owner and the tuple that earlier states told', () => {
  const table = new SocketTable()
  complete(table, { socket: 77, from: 7, to: 2, pid: 501, remote: 9 })
  expect(complete(table, { socket: 77, from: 2, to: 1, localPort: 40_000 })).toEqual({
    pid: 501,
    localPort: 40_000,
    remote: 9,
    number: 1,
  })
})

test('a socket keeps its number while it lives, and a new one has another', () => {
  const table = new SocketTable()
  const first = complete(table, { socket: 5, from: 7, to: 2 }).number
  expect(complete(table, { socket: 5, from: 2, to: 1 }).number).toBe(first)
  expect(complete(table, { socket: 6, from: 7, to: 2 }).number).not.toBe(first)
})

test('a closed socket is forgotten after its last state is told', () => {
  const table = new SocketTable()
  complete(table, { socket: 5, from: 7, to: 2, pid: 501 })
  expect(complete(table, { socket: 5, from: 9, to: 7 }).pid).toBe(501)
  expect(table.size).toBe(0)
})

test('a socket that begins anew inherits nothing, although its close was lost', () => {
  const table = new SocketTable()
  complete(table, { socket: 5, from: 7, to: 2, pid: 501 })
  expect(complete(table, { socket: 5, from: 10, to: 3 }).pid).toBe(0)
})

test('the table is bounded: the quietest socket is forgotten', () => {
  const table = new SocketTable(4)
  for (const socket of [1, 2, 3, 4]) complete(table, { socket, from: 7, to: 2, pid: socket })
  complete(table, { socket: 1, from: 2, to: 1 })
  complete(table, { socket: 9, from: 7, to: 2, pid: 9 })
  expect(table.size).toBe(4)
  expect(complete(table, { socket: 1, from: 1, to: 4 }).pid).toBe(1)
  expect(complete(table, { socket: 2, from: 1, to: 4 }).pid).toBe(0)
})
