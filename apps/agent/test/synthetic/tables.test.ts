import { expect, test } from 'vitest'
import { cellsOfKind, estimateOf } from '../../src/aggregate/sketch.ts'
import { readLedger, rowsBytes } from '../../src/health/rows.ts'
import { ABI, DIRECTION, KIND, LIMITS, MODE, RECORD_BYTES, TABLE } from '../../src/source/abi.ts'
import type { SourceFeed, TableWindow } from '../../src/source/source.ts'
import type { About } from '../../src/source/synthetic/about.ts'
import { GROUPS } from '../../src/source/synthetic/cast.ts'
import { Emit } from '../../src/source/synthetic/emit.ts'
import { seedsOf } from '../../src/source/synthetic/random.ts'
import { TableBank, type TableSizes } from '../../src/source/synthetic/table-bank.ts'
import { Tally } from '../../src/source/synthetic/tally.ts'
import { doerOf, drain, type ReadRecord, readAll } from './reading.ts'
import { Controls, openSynthetic, singles } from './source.ts'

const { rs_conn, rs_conn_sum, rs_packet, rs_tcp, rs_syscall, rs_window_key, rs_window_sum, rs_heavy_key } = ABI.structs
const PACKET = 6
const TCP = 5
const SYSCALL = 7
const ALL_TYPES = [1, 2, 3, 4, 5, 6, 7]
const BIG = singles(1 << 22, 1 << 22, 1 << 22)

/** Counts that were taken, as plain tables: key → sums. */
class Sums {
  readonly #sums = new Map<string, number[]>()

  add(key: string, ...values: number[]): void {
    const sums = this.#sums.get(key) ?? values.map(() => 0)
    this.#sums.set(
      key,
      sums.map((sum, index) => sum + (values[index] as number)),
    )
  }

  get sorted(): [string, number[]][] {
    return [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1))
  }
}

function connectionsOf(windows: readonly TableWindow[]): Sums {
  const sums = new Sums()
  for (const { connections } of windows) {
    const view = viewOf(connections.sums)
    for (let i = 0; i * rs_conn.bytes < connections.keys.length; i += 1) {
      const key = Buffer.from(connections.keys.subarray(i * rs_conn.bytes, (i + 1) * rs_conn.bytes)).toString('hex')
      const at = i * rs_conn_sum.bytes
      sums.add(key, number(view, at + rs_conn_sum.members.packets), number(view, at + rs_conn_sum.members.bytes))
    }
  }
  return sums
}

function connectionsIn(records: readonly ReadRecord[]): Sums {
  const sums = new Sums()
  for (const { view } of records.filter(({ type }) => type === PACKET)) {
    const conn = Buffer.from(view.buffer, view.byteOffset + rs_packet.members.conn, rs_conn.bytes)
    const key = Buffer.from(conn)
    key[rs_conn.members.tcp_flags] = 0
    const segments = view.getUint16(rs_packet.members.segments, true)
    sums.add(key.toString('hex'), segments, view.getUint32(rs_packet.members.length, true))
  }
  return sums
}

function windowsOf(windows: readonly TableWindow[]): Sums {
  const sums = new Sums()
  for (const { windows: table } of windows) {
    const keys = viewOf(table.keys)
    const values = viewOf(table.sums)
    for (let i = 0; i * rs_window_key.bytes < table.keys.length; i += 1) {
      const window = number(keys, i * rs_window_key.bytes + rs_window_key.members.window)
      const type = keys.getUint32(i * rs_window_key.bytes + rs_window_key.members.type, true)
      const at = i * rs_window_sum.bytes
      sums.add(`${window} ${type}`, number(values, at), number(values, at + rs_window_sum.members.bytes))
    }
  }
  return sums
}

function windowsIn(records: readonly ReadRecord[]): Sums {
  const sums = new Sums()
  for (const { type, version, timeNs, view } of records) {
    const window = Number(timeNs / BigInt(LIMITS.windowMs * 1e6))
    const record = type === 2 && version === 2 ? ABI.structs.rs_exec2.bytes : (RECORD_BYTES[type]?.min ?? 0)
    sums.add(`${window} ${type}`, 1, type === PACKET ? view.getUint32(rs_packet.members.length, true) : record)
  }
  return sums
}

/** Every key that a record counts for, as [kind, tag, far address]. */
function keysIn(records: readonly ReadRecord[]): Map<string, { kind: number; count: number; view: DataView }> {
  const keys = new Map<string, { kind: number; count: number; view: DataView }>()
  const count = (kind: number, tag: number, address: Uint8Array = new Uint8Array(16)) => {
    const view = new DataView(new ArrayBuffer(rs_heavy_key.bytes))
    view.setUint32(rs_heavy_key.members.kind, kind, true)
    view.setUint32(rs_heavy_key.members.tag, tag, true)
    new Uint8Array(view.buffer).set(address, rs_heavy_key.members.bytes)
    const id = Buffer.from(view.buffer).toString('hex')
    const known = keys.get(id)
    if (known === undefined) keys.set(id, { kind, count: 1, view })
    else known.count += 1
  }
  for (const record of records) {
    const { type, view } = record
    const doer = doerOf(record)
    if (doer !== null) count(KIND.process, doer.pid)
    if (type === SYSCALL) count(KIND.syscall, view.getUint32(rs_syscall.members.nr, true))
    if (type === PACKET) count(KIND.remote, 4, farEnd(view, rs_packet.members.conn, true))
    if (type === TCP) count(KIND.remote, 4, farEnd(view, rs_tcp.members.conn, false))
  }
  return keys
}

function farEnd(view: DataView, conn: number, isPacket: boolean): Uint8Array {
  const inward = isPacket && view.getUint8(conn + rs_conn.members.direction) === DIRECTION.in
  const at = conn + (inward ? rs_conn.members.saddr : rs_conn.members.daddr)
  return new Uint8Array(view.buffer, view.byteOffset + at, 16).slice()
}

/** Both the records and the tables of half a second, taken three times. */
async function counted() {
  const { host, feed, controls, clock } = openSynthetic({ buffers: BIG, eventsPerSecond: 10_000 })
  for (const type of ALL_TYPES) controls.mode(type, MODE.both)
  const records: ReadRecord[] = []
  const windows: TableWindow[] = []
  for (const ns of [0.13e9, 0.37e9, 0.5e9]) {
    clock.ns = ns
    records.push(...readAll(feed))
    windows.push(await taken(host.takeTables(), feed))
  }
  records.push(...drain(feed, controls))
  return { records, windows }
}

/** The feed answers when it looks. */
async function taken(taking: Promise<TableWindow>, feed: SourceFeed): Promise<TableWindow> {
  feed.beginPass()
  return taking
}

test('connections have exactly the packets and bytes of the records', async () => {
  const { records, windows } = await counted()
  const sums = connectionsOf(windows).sorted
  expect(sums.length).toBeGreaterThan(50)
  expect(sums).toEqual(connectionsIn(records).sorted)
})

test('time windows have exactly the events and bytes of the records', async () => {
  const { records, windows } = await counted()
  expect(windowsOf(windows).sorted).toEqual(windowsIn(records).sorted)
})

test('totals of the sketches are exact, and no key is counted too low', async () => {
  const { records, windows } = await counted()
  const totals = new Float64Array(LIMITS.kinds)
  const cells = new Float64Array(LIMITS.kinds * LIMITS.sketchRows * LIMITS.sketchCells)
  for (const window of windows) {
    window.totals.forEach((total, kind) => {
      totals[kind] = (totals[kind] as number) + total
    })
    window.cells.forEach((count, cell) => {
      cells[cell] = (cells[cell] as number) + count
    })
  }
  const keys = keysIn(records)
  const expected = new Float64Array(LIMITS.kinds)
  for (const { kind, count } of keys.values()) expected[kind] = (expected[kind] as number) + count
  expect(totals).toEqual(expected)
  const seeds = windows[0]?.seeds as Uint32Array
  for (const { kind, count, view } of keys.values()) {
    expect(estimateOf(view, 0, cellsOfKind(cells, kind), seeds)).toBeGreaterThanOrEqual(count)
  }
})

test('every key of a share that matters is among the candidates, with its name', async () => {
  const { records, windows } = await counted()
  const candidates = new Set(
    windows.flatMap(({ heavy }) =>
      Array.from({ length: heavy.keys.length / rs_heavy_key.bytes }, (_, i) =>
        Buffer.from(heavy.keys.subarray(i * rs_heavy_key.bytes, (i + 1) * rs_heavy_key.bytes)).toString('hex'),
      ),
    ),
  )
  const total = new Float64Array(LIMITS.kinds)
  const keys = keysIn(records)
  for (const { kind, count } of keys.values()) total[kind] = (total[kind] as number) + count
  for (const [id, { kind, count }] of keys) if (count > 0.02 * (total[kind] as number)) expect(candidates).toContain(id)
  const names = new Set(
    windows
      .map(({ heavy }) => Buffer.from(heavy.names).toString('latin1'))
      .join('')
      .split(/\0+/),
  )
  expect([...names]).toEqual(expect.arrayContaining(['nginx', 'postgres', 'node']))
})

test('a taking begins where the one before it ended', async () => {
  const { windows } = await counted()
  expect(windows.map(({ from }) => from).slice(1)).toEqual(windows.map(({ to }) => to).slice(0, -1))
  expect(windows[0]?.from).toEqual({ hi: 3, lo: 5 })
})

test('[L1] what is only counted is aggregated and not sent, and what is both is sent', async () => {
  const { host, feed, controls, clock } = openSynthetic({ buffers: BIG })
  controls.mode(SYSCALL, MODE.aggregate)
  controls.mode(PACKET, MODE.both)
  clock.ns = 0.3e9
  const records = readAll(feed)
  const window = await taken(host.takeTables(), feed)
  const rows = new Uint8Array(rowsBytes(feed.cpus))
  feed.rows(rows)
  const { fates } = readLedger(rows, feed.cpus)
  const cell = (type: number) => 2 * LIMITS.types + type
  expect(records.some(({ type }) => type === SYSCALL)).toBe(false)
  expect(fates.aggregated[cell(SYSCALL)]).toBe(fates.seen[cell(SYSCALL)])
  expect(fates.aggregated[cell(PACKET)]).toBe(0)
  const events = windowsOf([window]).sorted.reduce((sum, [, [count]]) => sum + (count as number), 0)
  expect(events).toBe((fates.seen[cell(SYSCALL)] as number) + (fates.seen[cell(PACKET)] as number))
})

test('nothing is counted while every type is sent as events, nor what is filtered', async () => {
  const { host, feed, controls, clock } = openSynthetic({ buffers: BIG })
  clock.ns = 0.1e9
  feed.beginPass()
  expect((await taken(host.takeTables(), feed)).totals).toEqual(new Float64Array(LIMITS.kinds))
  controls.mode(SYSCALL, MODE.aggregate)
  await host.writeFilters([{ field: 'type', not: true, value: ['syscall'] }])
  clock.ns = 0.2e9
  feed.beginPass()
  expect((await taken(host.takeTables(), feed)).windows.keys.length).toBe(0)
})

test('what a table has no room for is told, and what stands in it goes on', () => {
  const { bank, tally } = small({ connections: 2, windows: 1, heavy: 3 })
  const packet = (port: number) => aboutPacket(port)
  const time = { hi: 0, lo: 1 }
  expect([...tally.count(packet(1), time)]).toEqual([0, 0, 0])
  expect([...tally.count(packet(2), time)]).toEqual([0, 0, 0])
  expect([...tally.count(packet(3), time)]).toEqual(told({ connections: 1 }))
  expect([...tally.count(packet(1), { hi: 0, lo: 100_000_001 })]).toEqual(told({ windows: 1 }))
  const call = { ...packet(1), type: SYSCALL, conn: null, segments: 0, call: 5, process: doer(77) }
  expect([...tally.count(call, time)]).toEqual(told({ windows: 1 }))
  expect([...tally.count({ ...call, call: 6, process: doer(78) }, time)]).toEqual(told({ windows: 1, heavy: 2 }))
  const { connections, totals } = bank.take()
  expect(number(viewOf(connections.sums), rs_conn_sum.members.packets)).toBe(2)
  expect([...totals]).toEqual([2, 2, 4])
})

test('[ACC-1] what had no room is in the row of its CPU and level', () => {
  const control = new Uint8Array(ABI.structs.rs_control.bytes)
  new Controls((at, bytes) => control.set(bytes, at)).mode(PACKET, MODE.aggregate)
  const tally = { count: () => Uint32Array.of(1, 0, 2) }
  const emit = new Emit({ cpus: 2, control, seed: 1, filters: { passes: () => true }, tally })
  for (let i = 0; i < 3; i += 1) emit.begin({ ...aboutPacket(1), cpu: 1, level: 2 }, { hi: 0, lo: 1 })
  const { rs_row } = ABI.structs
  const at = (LIMITS.rows + 2) * rs_row.bytes + rs_row.members.untabled
  const untabled = Object.values(TABLE).map((table) => number(viewOf(emit.rows.bytes), at + table * 8))
  expect(untabled).toEqual([3, 0, 6])
})

test('a key that is a small share of all is no candidate', () => {
  const { bank, tally } = small({ connections: 8, windows: 8, heavy: 64 })
  const call = { ...aboutPacket(1), type: SYSCALL, conn: null, segments: 0, process: null }
  for (let i = 0; i < 2 * LIMITS.heavyShare; i += 1) tally.count({ ...call, call: 5 }, { hi: 0, lo: 1 })
  tally.count({ ...call, call: 6 }, { hi: 0, lo: 1 })
  const { keys } = bank.take().heavy
  expect(keys.length).toBe(rs_heavy_key.bytes)
})

function small(sizes: TableSizes) {
  const memory = new SharedArrayBuffer(2 * TableBank.bytes(sizes))
  const banks = [new TableBank(memory, 0, sizes), new TableBank(memory, TableBank.bytes(sizes), sizes)] as const
  return { bank: banks[0], tally: new Tally(banks, seedsOf(1)) }
}

function aboutPacket(port: number): About {
  const conn = { source: [10, 0, 0, 1], destination: [10, 0, 0, 2], direction: DIRECTION.out } as const
  return {
    ...{ type: PACKET, cpu: 0, level: 0, bytes: 60, process: null, call: null, segments: 1 },
    conn: { ...conn, sourcePort: port, destinationPort: 443 },
  }
}

function doer(pid: number) {
  return { pid, uid: 0, comm: 'test', group: GROUPS.make('/') }
}

/** As `Tally.count` tells it, by table. */
function told(counts: Partial<Record<keyof typeof TABLE, number>>): number[] {
  return [counts.connections ?? 0, counts.windows ?? 0, counts.heavy ?? 0]
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function number(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}
