import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HoldBack, SETTLE_NS } from '../../src/ingest/hold-back.ts'

const MS = 1e6
const FLUSH_MS = 16

test('rows are told up to the time that every slot is complete to', () => {
  const hold = new HoldBack(100, FLUSH_MS, 0)
  hold.complete(0, 20 * MS)
  hold.complete(1, 18 * MS)
  expect(hold.untilNs(20 * MS, 19 * MS)).toBe(18 * MS - SETTLE_NS)
  hold.absent(1)
  expect(hold.untilNs(20 * MS, 19 * MS)).toBe(20 * MS - SETTLE_NS)
})

test('a slot that was left with records in it is complete only to its last one, and never goes back', () => {
  const hold = new HoldBack(100, FLUSH_MS, 0)
  hold.complete(0, 40 * MS)
  hold.complete(2, 20 * MS)
  hold.left(2, 25 * MS)
  expect(hold.untilNs(40 * MS, 39 * MS)).toBe(25 * MS - SETTLE_NS)
  hold.left(2, Number.NEGATIVE_INFINITY)
  expect(hold.untilNs(40 * MS, 39 * MS)).toBe(25 * MS - SETTLE_NS)
})

test('no row is held for longer than the window, whichever slot is behind', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1000 }),
      fc.array(fc.record({ came: fc.nat(40), takes: fc.integer({ min: 0, max: 10 }) }), { maxLength: 80 }),
      (windowMs, flushes) => {
        const hold = new HoldBack(windowMs, FLUSH_MS, 0)
        let nowMs = 0
        let newestMs = 0
        /** When each row was read at the earliest, and its time. */
        let held: { readMs: number; timeMs: number }[] = []
        hold.left(0, 0)
        for (const { came, takes } of flushes) {
          const rows = Array.from({ length: takes }, (_, row) => ({ readMs: nowMs, timeMs: newestMs + row }))
          newestMs += Math.max(0, takes - 1) + came
          held.push(...rows)
          nowMs += FLUSH_MS
          const untilNs = hold.untilNs(nowMs * MS, Math.max(0, ...held.map(({ timeMs }) => timeMs)) * MS)
          held = held.filter(({ timeMs }) => timeMs * MS > untilNs)
          for (const { readMs } of held) expect(nowMs + FLUSH_MS - readMs).toBeLessThanOrEqual(windowMs)
        }
      },
    ),
  )
})

test('a window of 0 holds nothing back', () => {
  const hold = new HoldBack(0, FLUSH_MS, 0)
  hold.left(0, 0)
  expect(hold.untilNs(16 * MS, 15 * MS)).toBe(15 * MS)
})

test('where nothing comes from any slot there is nothing to wait for', () => {
  const hold = new HoldBack(100, FLUSH_MS, 0)
  expect(hold.untilNs(16 * MS, 15 * MS)).toBe(Number.POSITIVE_INFINITY)
  expect(hold.untilNs(32 * MS, 31 * MS)).toBe(Number.POSITIVE_INFINITY)
})
