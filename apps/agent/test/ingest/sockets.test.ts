import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Records } from '../../src/ingest/records.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { COMPLETION, SocketTable } from '../../src/ingest/sockets.ts'
import { ABI } from '../../src/source/abi.ts'
import { chunkOf } from './chunk.ts'

const { rs_header, rs_tcp, rs_task, rs_conn } = ABI.structs

interface Change {
  socket: number
  from: number
  to: number
  timeNs?: number
  pid?: number
  localPort?: number
  remote?: number
}

const TCP = 5

function write(view: DataView, at: number, change: Change): void {
  view.setBigUint64(at + rs_header.members.time, BigInt(change.timeNs ?? 0), true)
  view.setUint32(at + rs_tcp.members.task + rs_task.members.pid, change.pid ?? 0, true)
  view.setUint16(at + rs_tcp.members.conn + rs_conn.members.sport, change.localPort ?? 0, true)
  view.setUint8(at + rs_tcp.members.conn + rs_conn.members.daddr, change.remote ?? 0)
  view.setUint8(at + rs_tcp.members.conn + rs_conn.members.family, 4)
  view.setBigUint64(at + rs_tcp.members.socket, BigInt(change.socket), true)
  view.setUint8(at + rs_tcp.members.old_state, change.from)
  view.setUint8(at + rs_tcp.members.new_state, change.to)
}

function known(words: Uint32Array, completion = 0) {
  const view = new DataView(words.buffer, completion * 4)
  return {
    pid: words[completion + COMPLETION.task] as number,
    localPort: view.getUint16(COMPLETION.conn * 4 + rs_conn.members.sport, true),
    remote: view.getUint8(COMPLETION.conn * 4 + rs_conn.members.daddr),
    number: words[completion + COMPLETION.number] as number,
  }
}

/** What is known of the socket once this change was taken in. */
function complete(table: SocketTable, change: Change) {
  const words = new Uint32Array(rs_tcp.bytes / 4)
  write(new DataView(words.buffer), 0, change)
  const out = new Uint32Array(COMPLETION.words)
  table.complete(words, 0, out, 0)
  return known(out)
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

test('a closed socket is forgotten once nothing older can come', () => {
  const table = new SocketTable()
  complete(table, { socket: 5, from: 7, to: 2, pid: 501 })
  expect(complete(table, { socket: 5, from: 9, to: 7, timeNs: 10 }).pid).toBe(501)
  complete(table, { socket: 6, from: 7, to: 2, timeNs: 5e8 })
  expect(table.size).toBe(2)
  complete(table, { socket: 6, from: 2, to: 1, timeNs: 1e9 + 10 })
  expect(table.size).toBe(1)
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

/** Two lives of one socket, a process each: connected and closed, the process's own changes and those of packets. */
const LIVES: readonly Change[] = [
  { socket: 5, from: 7, to: 2, pid: 501, remote: 9 },
  { socket: 5, from: 2, to: 1, localPort: 40_000, remote: 9 },
  { socket: 5, from: 1, to: 8, localPort: 40_000, remote: 9 },
  { socket: 5, from: 8, to: 9, pid: 501, localPort: 40_000, remote: 9 },
  { socket: 5, from: 9, to: 7, localPort: 40_000, remote: 9 },
  { socket: 5, from: 7, to: 2, pid: 502, remote: 8 },
  { socket: 5, from: 2, to: 1, localPort: 40_001, remote: 8 },
  { socket: 5, from: 1, to: 8, localPort: 40_001, remote: 8 },
  { socket: 5, from: 8, to: 9, pid: 502, localPort: 40_001, remote: 8 },
  { socket: 5, from: 9, to: 7, localPort: 40_001, remote: 8 },
].map((change, at) => ({ ...change, timeNs: 1000 + at }))

/** On which of two CPUs each change is. */
const cpus = fc.array(fc.nat(1), { minLength: LIVES.length, maxLength: LIVES.length })

const scanner = new Scanner(2)
const records = new Records(scanner.at)

/** As they are read: one chunk after the other, and in each of them CPU after CPU. Completions by time. */
function read(chunks: readonly (readonly Change[])[], onCpu: readonly number[]) {
  const table = new SocketTable(4)
  records.endMove()
  const cpuOf = (change: Change) => onCpu[LIVES.indexOf(change)] as number
  const held: number[] = []
  const seqs = [0, 0]
  for (const chunk of chunks) {
    const ordered = [...chunk].sort((a, b) => cpuOf(a) - cpuOf(b))
    const shapes = ordered.map((change) => {
      const cpu = cpuOf(change)
      seqs[cpu] = (seqs[cpu] as number) + 1
      const fill = (view: DataView, at: number) => write(view, at, change)
      return { type: TCP, cpu, seq: seqs[cpu] as number, timeNs: change.timeNs ?? 0, fill }
    })
    const { u8, bytes } = chunkOf(shapes)
    records.chunk.set(u8.subarray(0, bytes))
    records.count = scanner.scan(records.words, bytes, 0, records.from)
    records.complete(table, bytes)
    held.push(...records.at.subarray(0, records.count))
    records.hold()
  }
  const timeOf = (record: number) => records.words[record + rs_header.members.time / 4] as number
  held.sort((a, b) => timeOf(a) - timeOf(b))
  return held.map((record) => known(records.words, records.completionOf(record)))
}

const IN_ORDER = read(
  [LIVES],
  LIVES.map(() => 0),
)

test('changes of one pass are completed as they happened, on whichever CPU each was', () => {
  fc.assert(
    fc.property(cpus, (onCpu) => {
      expect(read([LIVES], onCpu)).toEqual(IN_ORDER)
    }),
  )
})

/** The reader notes how far a CPU has come, and how far the other one has while four changes happen. */
test('a row names the owner and the socket of its life, although the pass knew one CPU further than the other', () => {
  const identity = (rows: ReturnType<typeof read>) => rows.map(({ pid, remote }) => [pid, remote])
  fc.assert(
    fc.property(cpus, fc.nat(LIVES.length), fc.nat(4), (onCpu, noted, ahead) => {
      const isRead = (at: number) => at < noted || (at < noted + ahead && onCpu[at] === 1)
      const chunks = [LIVES.filter((_, at) => isRead(at)), LIVES.filter((_, at) => !isRead(at))]
      const rows = read(chunks, onCpu)
      expect(identity(rows)).toEqual(identity(IN_ORDER))
      const [first, second] = [rows.slice(0, 5), rows.slice(5)].map((life) => new Set(life.map((row) => row.number)))
      expect([first?.size, second?.size]).toEqual([1, 1])
      expect(first).not.toEqual(second)
    }),
  )
})
