import { EVENT_TYPES, type EventType, type TopTable, thresholdOf } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { TopTables } from '../../src/aggregate/tables.ts'
import { type Ledger, readLedger, rowsBytes } from '../../src/health/rows.ts'
import { Records } from '../../src/ingest/records.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { SocketTable } from '../../src/ingest/sockets.ts'
import { ABI, LIMITS } from '../../src/source/abi.ts'
import { chunkOf, type RecordShape } from '../ingest/chunk.ts'

const { rs_fork, rs_task, rs_syscall, rs_open, rs_packet, rs_conn, rs_tcp } = ABI.structs

class Counting {
  readonly tops = new TopTables('e1')
  readonly #scanner = new Scanner(1)
  readonly #records = new Records(this.#scanner.at)
  readonly #sockets = new SocketTable()
  #seq = 0

  add(type: EventType, fill: (view: DataView, at: number) => void, shape: Partial<RecordShape> = {}): void {
    this.#seq += 1
    const { u8, bytes } = chunkOf([{ type: EVENT_TYPES[type], seq: this.#seq, fill, ...shape }])
    this.#records.chunk.set(u8.subarray(0, bytes))
    this.#records.count = this.#scanner.scan(this.#records.words, bytes, 0)
    expect(this.#records.count).toBe(1)
    this.#records.complete(this.#sockets)
    this.tops.count(this.#records)
  }

  rows(table: TopTable, ledger = nothing()) {
    return this.tops.close(0, ledger).tables[table]
  }
}

function nothing(): Ledger {
  return readLedger(new Uint8Array(rowsBytes(1)), 1)
}

function task(view: DataView, at: number, pid: number, comm: string, flags = 0): void {
  view.setUint32(at + rs_fork.members.task + rs_task.members.pid, pid, true)
  view.setUint32(at + rs_fork.members.task + rs_task.members.flags, flags, true)
  text(view, at + rs_fork.members.task + rs_task.members.comm, comm)
}

function text(view: DataView, at: number, value: string): void {
  for (let i = 0; i < value.length; i += 1) view.setUint8(at + i, value.charCodeAt(i))
}

function syscall(nr: number, pid = 7, comm = 'bash', flags = 0): (view: DataView, at: number) => void {
  return (view, at) => {
    task(view, at, pid, comm, flags)
    view.setUint32(at + rs_syscall.members.nr, nr, true)
  }
}

function open(path: string): Parameters<Counting['add']> {
  const fill = (view: DataView, at: number) => {
    view.setUint16(at + rs_open.members.path_len, path.length, true)
    text(view, at + rs_open.members.path, `${path}garbage`)
  }
  return ['open', fill, { length: rs_open.bytes + path.length + 7 }]
}

function conn(view: DataView, at: number, from: number, to: number, direction: number): void {
  view.setUint8(at + rs_conn.members.saddr, from)
  view.setUint8(at + rs_conn.members.daddr, to)
  view.setUint8(at + rs_conn.members.family, 4)
  view.setUint8(at + rs_conn.members.direction, direction)
}

test('processes are counted by pid and name', () => {
  const counting = new Counting()
  for (const [pid, comm] of [
    [7, 'bash'],
    [7, 'bash'],
    [7, 'ls'],
    [8, 'bash'],
  ] as const) {
    counting.add('syscall', syscall(0, pid, comm))
  }
  expect(counting.rows('process').rows).toMatchObject([
    { key: '7 bash', label: 'bash', id: 7, count: 2, error: 0 },
    { key: '7 ls', count: 1 },
    { key: '8 bash', count: 1 },
  ])
})

test('an event that belongs to no process is not counted for one', () => {
  const counting = new Counting()
  counting.add('syscall', syscall(0, 0, ''))
  expect(counting.rows('process').rows).toEqual([])
})

test('system calls of the 32-bit table are others than those of the same number', () => {
  const counting = new Counting()
  counting.add('syscall', syscall(1))
  counting.add('syscall', syscall(1, 7, 'bash', 1))
  const { rows } = counting.rows('syscall')
  expect(rows.map(({ key, label }) => [key, label])).toEqual([
    ['1', 'write'],
    ['1 compat', 'exit'],
  ])
})

test('files are counted by path, whatever its length and what stands behind it', () => {
  const counting = new Counting()
  const paths = ['/a', '/ab', '/abc', '/abcd', '/abcde', '/abcdef', '/abcdefg']
  for (const path of paths) counting.add(...open(path))
  counting.add(...open('/abcdefg'))
  const { rows } = counting.rows('file')
  expect(rows[0]).toMatchObject({ label: '/abcdefg', count: 2 })
  expect(new Set(rows.map(({ label }) => label))).toEqual(new Set(paths))
})

test('the remote end of a packet is where it goes to, or where it came from', () => {
  const counting = new Counting()
  const packet = (from: number, to: number, direction: number) =>
    counting.add('packet', (view, at) => conn(view, at + rs_packet.members.conn, from, to, direction))
  packet(10, 99, 0)
  packet(99, 10, 1)
  packet(10, 98, 0)
  expect(counting.rows('remote').rows).toMatchObject([
    { label: '99.0.0.0', count: 2 },
    { label: '98.0.0.0', count: 1 },
  ])
})

test('a TCP change from an interrupt counts for the owner that its socket told before', () => {
  const counting = new Counting()
  const change = (pid: number, to: number) =>
    counting.add('tcp', (view, at) => {
      if (pid > 0) task(view, at, pid, 'curl')
      conn(view, at + rs_tcp.members.conn, 10, 99, 0)
      view.setUint8(at + rs_tcp.members.socket, 5)
      view.setUint8(at + rs_tcp.members.new_state, to)
    })
  change(501, 2)
  change(0, 1)
  expect(counting.rows('process').rows).toMatchObject([{ key: '501 curl', count: 2 }])
})

test('an event that passed sampling counts for those that did not', () => {
  const counting = new Counting()
  counting.add('syscall', syscall(0), { rate: thresholdOf(0.25) })
  counting.add('syscall', syscall(1))
  expect(counting.rows('syscall')).toMatchObject({ total: 5, rows: [{ count: 4 }, { count: 1 }] })
})

test('a table forgets what is older than its window', () => {
  const counting = new Counting()
  counting.add('syscall', syscall(0))
  const totals = Array.from({ length: 12 }, () => counting.rows('syscall').total)
  expect(totals).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0])
})

test('a table with more keys than it can hold says how far it may be wrong', () => {
  const counting = new Counting()
  const keys = 6000
  for (let nr = 0; nr < keys; nr += 1) counting.add('syscall', syscall(nr))
  for (let i = 0; i < 500; i += 1) counting.add('syscall', syscall(3))
  const { rows, total } = counting.rows('syscall')
  expect(total).toBe(keys + 500)
  const heaviest = rows[0]
  expect(heaviest?.label).toBe('close')
  expect((heaviest?.count ?? 0) - (heaviest?.error ?? 0)).toBeLessThanOrEqual(501)
  expect(heaviest?.count).toBeGreaterThanOrEqual(501)
})

test('what was dropped and shed of the types that feed a table widens its bound, in events that were seen', () => {
  const counting = new Counting()
  const ledger = nothing()
  const cell = 2 * LIMITS.types + EVENT_TYPES.syscall
  ledger.fates.seen[cell] = 1000
  ledger.fates.sampled[cell] = 500
  ledger.fates.shed[cell] = 30
  ledger.dropped[cell] = 20
  const top = counting.tops.close(0, ledger)
  expect(top.tables.syscall.lost).toBe(100)
  expect(top.tables.process.lost).toBe(100)
  expect(top.tables.file.lost).toBe(0)
})

test('names from the host are safe to show', () => {
  const counting = new Counting()
  counting.add('syscall', syscall(0, 7, '\u001b[31m'))
  expect(counting.rows('process').rows[0]?.label).not.toContain('\u001b')
})
