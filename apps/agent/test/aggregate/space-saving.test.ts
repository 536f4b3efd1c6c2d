import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SpaceSaving } from '../../src/aggregate/space-saving.ts'
import { SlidingTop } from '../../src/aggregate/window.ts'

/** Skewed: low keys come up far more often. */
const update = fc.record({
  key: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => String(Math.floor(share ** 3 * 60))),
  weight: fc.integer({ min: 1, max: 9 }),
})
const updates = fc.array(update, { maxLength: 400, size: 'max' })

function exact(of: readonly { key: string; weight: number }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { key, weight } of of) counts.set(key, (counts.get(key) ?? 0) + weight)
  return counts
}

test('a key in the summary counted in [count − error, count], and any other at most `least`', () => {
  fc.assert(
    fc.property(updates, fc.integer({ min: 1, max: 20 }), (all, capacity) => {
      const summary = new SpaceSaving(capacity)
      for (const { key, weight } of all) summary.add(key, weight)
      const counts = exact(all)
      const here = new Map(summary.entries().map((entry) => [entry.key, entry]))
      for (const [key, count] of counts) {
        const entry = here.get(key)
        if (entry === undefined) expect(count).toBeLessThanOrEqual(summary.least)
        else {
          expect(count).toBeLessThanOrEqual(entry.count)
          expect(count).toBeGreaterThanOrEqual(entry.count - entry.error)
        }
      }
      expect(here.size).toBe(Math.min(capacity, counts.size))
    }),
  )
})

test('the counts of a summary sum to its total, and none is over-counted by more than total / capacity', () => {
  fc.assert(
    fc.property(updates, fc.integer({ min: 1, max: 20 }), (all, capacity) => {
      const summary = new SpaceSaving(capacity)
      for (const { key, weight } of all) summary.add(key, weight)
      expect(summary.entries().reduce((sum, { count }) => sum + count, 0)).toBe(summary.total)
      for (const { error } of summary.entries()) expect(error).toBeLessThanOrEqual(summary.total / capacity)
    }),
  )
})

test('a summary that never overflowed is exact', () => {
  fc.assert(
    fc.property(updates, (all) => {
      const summary = new SpaceSaving(60)
      for (const { key, weight } of all) summary.add(key, weight)
      expect(new Map(summary.entries().map(({ key, count }) => [key, count]))).toEqual(exact(all))
      expect(summary.least).toBe(0)
    }),
  )
})

test('the bounds hold for the seconds of a window together, and older ones are out', () => {
  const seconds = fc.array(updates, { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(seconds, fc.integer({ min: 2, max: 30 }), (perSecond, capacity) => {
      const top = new SlidingTop(capacity, 3)
      perSecond.forEach((all, second) => {
        if (second > 0) top.advance()
        for (const { key, weight } of all) top.add(key, weight)
      })
      const inWindow = perSecond.slice(-3).flat()
      const counts = exact(inWindow)
      expect(top.total).toBe(inWindow.reduce((sum, { weight }) => sum + weight, 0))
      const rows = top.heaviest(1000)
      for (const { key, count, error } of rows) {
        expect(counts.get(key) ?? 0).toBeLessThanOrEqual(count)
        expect(counts.get(key) ?? 0).toBeGreaterThanOrEqual(count - error)
      }
      expect(rows.map(({ count }) => count)).toEqual(rows.map(({ count }) => count).sort((a, b) => b - a))
    }),
  )
})
