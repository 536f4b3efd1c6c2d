import { RATE_ALL, thresholdOf } from '@ringside/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLedger, rowsBytes } from '../../src/health/rows.ts'
import { CHUNK_BYTES, Scanner } from '../../src/ingest/scan.ts'
import { LIMITS } from '../../src/source/abi.ts'
import type { SyntheticFeed } from '../../src/source/synthetic/feed.ts'
import { openSynthetic, singles } from './source.ts'

const chunk = new Uint8Array(CHUNK_BYTES)
const words = new Uint32Array(chunk.buffer)

function pass(feed: SyntheticFeed, scanner: Scanner): void {
  feed.beginPass()
  for (let slot = 0; slot < LIMITS.slots; slot += 1) {
    for (let bytes = feed.read(slot, chunk); bytes > 0; bytes = feed.read(slot, chunk)) scanner.scan(words, bytes, slot)
  }
}

function ledgerOf(feed: SyntheticFeed) {
  const rows = new Uint8Array(rowsBytes(feed.cpus))
  feed.rows(rows)
  return readLedger(rows, feed.cpus)
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

test('[L1][L2][L3][L6] hold exactly after a drain, whatever the sizes, rates and stops of the reader', () => {
  const setting = fc.record({
    seed: fc.nat(),
    capacities: fc.array(fc.constantFrom(null, 4096, 8192, 65_536), { minLength: 3, maxLength: 3 }),
    rate: fc.double({ min: 0, max: 1, noNaN: true }),
    backpressure: fc.boolean(),
    steps: fc.array(fc.integer({ min: 1, max: 30e6 }), { minLength: 1, maxLength: 20 }),
  })
  fc.assert(
    fc.property(setting, ({ seed, capacities, rate, backpressure, steps }) => {
      const { feed, controls, clock } = openSynthetic({
        seed,
        buffers: singles(...capacities),
        eventsPerSecond: 100_000,
      })
      controls.rate(2, 7, thresholdOf(rate))
      controls.backpressure(2, backpressure, 2048, 1024)
      const scanner = new Scanner(2)
      for (const step of steps) {
        clock.ns += step
        pass(feed, scanner)
      }
      controls.pause(true)
      pass(feed, scanner)
      const ledger = ledgerOf(feed)
      const { seen, sampled, shed, submitted } = ledger.fates
      expect(sum(seen)).toBe(sum(sampled) + sum(shed) + sum(ledger.dropped) + sum(submitted))
      expect(scanner.consumed).toEqual(submitted)
      expect(scanner.decoded).toEqual(submitted)
      const { sequence } = scanner
      for (let stream = 0; stream < sequence.streams; stream += 1) {
        const lost = (sequence.gaps[stream] as number) + sequence.tail(stream, ledger.given[stream] as number)
        expect(lost).toBe(ledger.streamDropped[stream])
      }
      expect(sum(sequence.inversions) + sum(sequence.duplicates)).toBe(0)
    }),
    { numRuns: 40 },
  )
})

test('a reader that stops finds a ring that overflowed, and critical lost nothing', () => {
  const { feed, clock } = openSynthetic({ buffers: singles(1 << 20, 1 << 20, 4096) })
  clock.ns = 0.5e9
  const scanner = new Scanner(2)
  pass(feed, scanner)
  const { dropped } = ledgerOf(feed)
  expect(sum(dropped.subarray(2 * LIMITS.types, 3 * LIMITS.types))).toBeGreaterThan(1000)
  expect(sum(dropped.subarray(0, 2 * LIMITS.types))).toBe(0)
})

test('the same seed and clock give the same bytes', () => {
  const bytesOf = () => {
    const { feed, clock } = openSynthetic({ buffers: singles(1 << 20, 1 << 20, 1 << 20), seed: 99 })
    clock.ns = 0.1e9
    feed.beginPass()
    return [0, 1, 2].map((slot) => chunk.slice(0, feed.read(slot, chunk)))
  }
  expect(bytesOf()).toEqual(bytesOf())
})

test('sampling keeps the share that was asked for', () => {
  const { feed, controls, clock } = openSynthetic({ eventsPerSecond: 100_000 })
  controls.rate(2, 7, thresholdOf(0.1))
  clock.ns = 0.9e9
  feed.beginPass()
  const { fates } = ledgerOf(feed)
  const cell = 2 * LIMITS.types + 7
  expect((fates.sampled[cell] as number) / (fates.seen[cell] as number)).toBeCloseTo(0.9, 1)
})

test('shedding starts at the watermark and stops below the lower one', () => {
  const { feed, controls, clock } = openSynthetic()
  controls.backpressure(2, true, 8192, 4096)
  clock.ns = 0.2e9
  feed.beginPass()
  const { fates, dropped } = ledgerOf(feed)
  const debug = (table: Float64Array) => sum(table.subarray(2 * LIMITS.types, 3 * LIMITS.types))
  expect(debug(fates.shed)).toBeGreaterThan(0)
  expect(debug(dropped)).toBe(0)
  expect(feed.state(2)?.producer).toBeLessThan(8192 + 1024)
})

test('a type that is off, a pause and the agent itself leave no trace', () => {
  const { feed, controls, clock } = openSynthetic()
  controls.enable(7, false)
  controls.agent(1)
  clock.ns = 0.1e9
  feed.beginPass()
  const { seen } = ledgerOf(feed).fates
  expect(seen[2 * LIMITS.types + 7]).toBe(0)
  controls.pause(true)
  clock.ns = 0.2e9
  feed.beginPass()
  expect(ledgerOf(feed).fates.seen).toEqual(seen)
})

test('a slot without a ring drops for want of a reader, and its numbers go on', () => {
  const { feed, clock } = openSynthetic({ buffers: singles(65_536, 65_536, null) })
  clock.ns = 0.1e9
  feed.beginPass()
  const ledger = ledgerOf(feed)
  const cell = 2 * LIMITS.types + 7
  expect(ledger.fates.dropped_no_reader[cell]).toBe(ledger.fates.seen[cell])
  expect(feed.state(2)).toBeNull()
})

test('a swap loses nothing, keeps the order, and lets go of the old ring when it is empty', async () => {
  const { host, feed, controls, clock } = openSynthetic({ buffers: singles(1 << 20, 1 << 20, 1 << 20) })
  const scanner = new Scanner(2)
  const old = host.feed().buffers[2]?.handle
  clock.ns = 10e6
  feed.beginPass()
  const buffer = await host.createBuffer(256 * 1024, 'single', 2)
  feed.adopt(2, buffer)
  const installed = host.installBuffer(2, buffer.handle)
  clock.ns = 20e6
  feed.beginPass()
  await installed
  feed.swapped(2)
  expect(feed.state(2)?.capacityBytes).toBe(256 * 1024)
  expect(feed.retired()).toEqual([])
  clock.ns = 30e6
  pass(feed, scanner)
  controls.pause(true)
  pass(feed, scanner)
  expect(feed.retired()).toEqual([old])
  const ledger = ledgerOf(feed)
  expect(scanner.consumed).toEqual(ledger.fates.submitted)
  expect(sum(ledger.dropped) + sum(scanner.sequence.inversions) + sum(scanner.sequence.gaps)).toBe(0)
})

test('an abandoned ring is forgotten, and the slot keeps its own', async () => {
  const { host, feed } = openSynthetic()
  feed.adopt(2, await host.createBuffer(8192, 'single', 2))
  feed.abandoned(2)
  feed.beginPass()
  expect(feed.state(2)?.capacityBytes).toBe(65_536)
})

test.each([
  [3000, 'EINVAL'],
  [2048, 'EINVAL'],
  [2 ** 30, 'ENOMEM'],
])('a ring of %i bytes is refused with %s', async (bytes, code) => {
  const { host } = openSynthetic()
  await expect(host.createBuffer(bytes, 'single', 2)).rejects.toMatchObject({ code })
})

test('the rate in force travels in each record', () => {
  const { feed, clock, controls } = openSynthetic()
  controls.rate(2, 7, RATE_ALL - 5)
  clock.ns = 10e6
  feed.beginPass()
  const bytes = feed.read(2, chunk)
  const scanner = new Scanner(2)
  const good = scanner.scan(words, bytes, 2)
  const rates = new Set<number>()
  for (let i = 0; i < good; i += 1) {
    const at = scanner.at[i] as number
    if ((words[at] as number) >>> 16 === 7) rates.add(words[at + 3] as number)
  }
  expect([...rates]).toEqual([RATE_ALL - 5])
})
