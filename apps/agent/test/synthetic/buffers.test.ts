import { SLOT_NAMES, thresholdOf } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { readLedger, rowsBytes } from '../../src/health/rows.ts'
import { LIMITS } from '../../src/source/abi.ts'
import type { Sharding, SourceFeed } from '../../src/source/source.ts'
import type { SyntheticHost } from '../../src/source/synthetic/host.ts'
import { drain, type ReadRecord, readAll, recordsIn } from './reading.ts'
import { openSynthetic, singles } from './source.ts'

const SYSCALL = 7
const DEBUG = 2
const SYSCALL_SLOT = 6
const BIG = singles(1 << 20, 1 << 20, 1 << 20)

function ledgerOf(feed: SourceFeed) {
  const rows = new Uint8Array(rowsBytes(feed.cpus))
  feed.rows(rows)
  return readLedger(rows, feed.cpus)
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Numbers of every stream, in the order in which they were read, are 1, 2, 3, … */
function expectWhole(records: readonly ReadRecord[]): void {
  const last = new Map<string, number>()
  for (const { slot, cpu, level, seq } of records) {
    const stream = `${slot} ${cpu} ${level}`
    expect([stream, seq]).toEqual([stream, (last.get(stream) ?? 0) + 1])
    last.set(stream, seq)
  }
}

/** Puts a buffer into a slot as the controller does, with what happens meanwhile. */
async function put(host: SyntheticHost, feed: SourceFeed, slot: number, bytes: number, sharding: Sharding) {
  const buffer = await host.createBuffer(bytes, sharding, slot)
  feed.adopt(slot, buffer)
  const installed = host.installBuffer(slot, buffer.handle)
  feed.beginPass()
  await installed
  feed.swapped(slot)
  return buffer
}

test('a slot by CPU has a ring for each, and a CPU writes to its own', () => {
  const buffers = BIG.map((wish) => wish && { ...wish, sharding: 'cpu' as const })
  const { host, feed, controls, clock } = openSynthetic({ buffers, cpus: 4 })
  expect(host.feed().buffers[DEBUG]).toMatchObject({ capacityBytes: 1 << 20, parts: { length: 4 } })
  clock.ns = 20e6
  feed.beginPass()
  const state = feed.state(DEBUG)
  expect(state).toMatchObject({ parts: 4, capacityBytes: 1 << 20, toldLost: null, fault: false })
  const chunk = new Uint8Array(256 * 1024)
  const bytes = feed.read(DEBUG, chunk)
  expect(bytes).toBe((state?.producer ?? 0) - (state?.consumer ?? 0))
  const order = recordsIn(chunk.subarray(0, bytes)).map(({ cpu }) => cpu)
  expect(order.filter((cpu, index) => cpu !== order[index - 1])).toEqual([0, 1, 2, 3])
  expectWhole(drain(feed, controls).filter(({ slot }) => slot !== DEBUG))
})

test.each([
  ['single', 1 << 20, 1, 1 << 20],
  ['cpu', 1 << 20, 3, 3 * (1 << 18)],
  ['cpu', 4096, 3, 3 * 4096],
] as const)('%s of %i bytes for 3 CPUs is %i of together %i', async (sharding, bytes, parts, capacityBytes) => {
  const { host } = openSynthetic({ cpus: 3 })
  const buffer = await host.createBuffer(bytes, sharding, DEBUG)
  expect([buffer.parts.length, buffer.capacityBytes]).toEqual([parts, capacityBytes])
})

test('the fullest and the emptiest part are told of a slot by CPU', () => {
  const buffers = BIG.map((wish) => wish && { bytes: 64 * 1024, sharding: 'cpu' as const })
  const { feed, clock } = openSynthetic({ buffers, cpus: 2 })
  clock.ns = 20e6
  feed.beginPass()
  const state = feed.state(DEBUG)
  const used = (state?.producer ?? 0) - (state?.consumer ?? 0)
  const fullest = (state?.fullestBytes ?? 0) / 2
  expect(state?.roomBytes).toBe(32 * 1024 - (used - fullest))
  expect(fullest).toBeGreaterThanOrEqual(used / 2)
})

test('[L1] parts that are full drop what their own CPU makes', () => {
  const buffers = BIG.map((wish) => wish && { bytes: 8192, sharding: 'cpu' as const })
  const { feed, controls, clock } = openSynthetic({ buffers, cpus: 2 })
  clock.ns = 0.1e9
  const records = drain(feed, controls)
  const { fates, dropped, streamDropped } = ledgerOf(feed)
  expect(sum(fates.submitted) + sum(dropped)).toBe(sum(fates.seen))
  expect(records.length).toBe(sum(fates.submitted))
  const ofCpu = (cpu: number) =>
    sum(streamDropped.filter((_, stream) => Math.floor(stream / LIMITS.levels) % 2 === cpu))
  expect([ofCpu(0) > 0, ofCpu(1) > 0]).toEqual([true, true])
})

test('[L2][L6] from one ring to one by CPU and back nothing is lost, and every stream keeps its order', async () => {
  const { host, feed, controls, clock } = openSynthetic({ buffers: BIG })
  const records: ReadRecord[] = []
  for (const [sharding, ns] of [
    ['cpu', 20e6],
    ['single', 40e6],
    ['cpu', 60e6],
  ] as const) {
    clock.ns = ns
    feed.beginPass()
    await put(host, feed, DEBUG, 1 << 20, sharding)
    clock.ns = ns + 10e6
    records.push(...readAll(feed))
  }
  records.push(...drain(feed, controls))
  expectWhole(records)
  const { fates, dropped } = ledgerOf(feed)
  expect([records.length, sum(dropped)]).toEqual([sum(fates.seen), 0])
  expect(feed.retired()).toHaveLength(3)
})

test('a route changes live: the new slot takes over, and the old one is emptied and let go', async () => {
  const { host, feed, controls, clock } = openSynthetic({ buffers: BIG })
  const old = host.feed().buffers[DEBUG]?.handle
  const records: ReadRecord[] = []
  clock.ns = 20e6
  feed.beginPass()
  await put(host, feed, SYSCALL_SLOT, 1 << 20, 'single')
  for (const type of [SYSCALL, 6, 8, 9]) controls.route(type, SYSCALL_SLOT)
  clock.ns = 40e6
  feed.beginPass()
  const removed = host.removeBuffer(DEBUG)
  feed.beginPass()
  await removed
  feed.removed(DEBUG)
  expect(feed.retired()).toEqual([])
  expect(feed.state(DEBUG)?.producer).toBeGreaterThan(0)
  records.push(...drain(feed, controls))
  expect(feed.retired()).toEqual([old])
  expect([feed.state(DEBUG), host.feed().buffers[DEBUG]]).toEqual([null, null])
  expectWhole(records)
  const { fates, dropped } = ledgerOf(feed)
  expect([records.length, sum(dropped)]).toEqual([sum(fates.seen), 0])
  expect(new Set(records.filter(({ type }) => type === SYSCALL).map(({ slot }) => slot))).toEqual(
    new Set([DEBUG, SYSCALL_SLOT]),
  )
})

test('a slot whose buffer was removed and that is written all the same drops for want of a reader', async () => {
  const { host, feed, clock } = openSynthetic({ buffers: BIG })
  const removed = host.removeBuffer(DEBUG)
  feed.beginPass()
  await removed
  feed.removed(DEBUG)
  clock.ns = 20e6
  feed.beginPass()
  const { fates } = ledgerOf(feed)
  const cell = DEBUG * LIMITS.types + SYSCALL
  expect([fates.seen[cell], fates.submitted[cell]]).toEqual([fates.dropped_no_reader[cell], 0])
})

test.each([...SLOT_NAMES.entries()])('slot %i, %s, can be routed to', (slot) => {
  const { feed, controls, clock } = openSynthetic()
  controls.route(SYSCALL, slot)
  clock.ns = 10e6
  const slots = drain(feed, controls)
    .filter(({ type }) => type === SYSCALL)
    .map((record) => record.slot)
  expect(new Set(slots)).toEqual(new Set([slot]))
})

test('settle resolves when what had begun has ended', async () => {
  const { host, feed } = openSynthetic()
  let settled = false
  const settling = host.settle().then(() => {
    settled = true
  })
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(settled).toBe(false)
  feed.beginPass()
  await settling
})

test('of a slot by CPU each part sheds for itself, by the same thresholds', () => {
  const buffers = BIG.map((wish) => wish && { bytes: 256 * 1024, sharding: 'cpu' as const })
  const { feed, controls, clock } = openSynthetic({ buffers })
  controls.backpressure(DEBUG, true, 8192, 4096)
  clock.ns = 0.2e9
  feed.beginPass()
  const { producer = 0, fullestBytes = 0 } = feed.state(DEBUG) ?? {}
  expect(producer).toBeGreaterThan(8192 + 1024)
  expect(fullestBytes / 2).toBeLessThan(8192 + 1024)
})

test('the rate of a type in one slot does not touch the same type in another', () => {
  const { feed, controls, clock } = openSynthetic({ buffers: singles(1 << 20, 1 << 20, 1 << 20, 1 << 20) })
  controls.rate(DEBUG, SYSCALL, thresholdOf(0))
  clock.ns = 20e6
  expect(readAll(feed).some(({ type }) => type === SYSCALL)).toBe(false)
  controls.route(SYSCALL, 3)
  clock.ns = 40e6
  expect(readAll(feed).some(({ type }) => type === SYSCALL)).toBe(true)
})
