import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Allowance, spread, Thinner } from '../../src/ingest/thinner.ts'

/** Which of `matched` rows a window of `room` rows keeps. */
function kept(matched: number, room: number): number[] {
  const thinner = new Thinner()
  let rows: number[] = []
  for (let row = 0; row < matched; row += 1) {
    if (!thinner.take()) continue
    rows.push(row)
    if (rows.length < 2 * room) continue
    rows = rows.filter((_, index) => index % 2 === 0)
    thinner.widen()
  }
  const count = Math.min(room, rows.length)
  return Array.from({ length: count }, (_, n) => rows[spread(n, count, rows.length)] as number)
}

test('a window keeps as many rows as it may, spread over the whole of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 100 }), (matched, room) => {
      const rows = kept(matched, room)
      expect(rows.length).toBe(Math.min(matched, room))
      expect(new Set(rows).size).toBe(rows.length)
      const steps = rows.slice(1).map((row, index) => row - (rows[index] as number))
      const widest = Math.max(0, ...steps, matched - 1 - (rows.at(-1) ?? 0))
      expect(widest).toBeLessThanOrEqual(Math.ceil(matched / rows.length) * 2 + 2)
    }),
  )
})

test('over any time no more rows are allowed than the rate gives, and a tenth of a second of it and one row', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 100 }), (rate, windowsMs) => {
      const allowance = new Allowance(rate)
      let taken = 0
      for (const ms of windowsMs) {
        taken += allowance.rows
        allowance.spend(allowance.rows)
        allowance.pass(ms / 1000)
      }
      const seconds = windowsMs.reduce((sum, ms) => sum + ms, 0) / 1000
      expect(taken).toBeLessThanOrEqual(rate * (seconds + 0.1) + 1 + 1e-6)
    }),
  )
})

test('a slow rate is kept over many short windows', () => {
  const allowance = new Allowance(5)
  let taken = 0
  for (let window = 0; window < 625; window += 1) {
    taken += allowance.rows
    allowance.spend(allowance.rows)
    allowance.pass(0.016)
  }
  expect(taken).toBeGreaterThanOrEqual(49)
  expect(taken).toBeLessThanOrEqual(52)
})

test('a rate of 0 takes no row, and no rate takes every row', () => {
  expect(new Allowance(0).rows).toBe(0)
  expect(new Allowance(null).rows).toBe(Number.POSITIVE_INFINITY)
})
