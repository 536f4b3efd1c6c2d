/** The heaviest keys of one kind over many windows: what a total says, and how far it may be off. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeavyKeys } from '../../src/aggregate/heavy-keys.ts'
import { EPSILON } from '../../src/aggregate/sketch.ts'
import { KIND } from '../../src/source/abi.ts'
import { type CountedKey, tableWindow } from './table-window.ts'

const CASES = 10_000

const process = (tag: number, count: number, untold = false): CountedKey => ({
  ...{ kind: KIND.process, tag, comm: 'p', count, untold },
})

test('a key that is learnt late has none of what others counted in its cells before', () => {
  const heavy = new HeavyKeys('process', KIND.process, 1024)
  const others = Array.from({ length: 20_000 }, (_, index) => process(1_000 + index, 50, true))
  for (let second = 0; second < 5; second += 1) heavy.merge(tableWindow({ keys: others }), second * 1000)
  for (let second = 5; second < 8; second += 1) heavy.merge(tableWindow({ keys: [process(7, 200)] }), second * 1000)
  const bound = EPSILON * 600
  expect(heavy.heaviest(1)).toMatchObject([{ id: 7, count: 200, total: 600, sinceMs: 5_000 }])
  expect(heavy.heaviest(1)[0]?.totalErrorBound).toBeCloseTo(bound, 9)
})

test('a key that was forgotten begins anew', () => {
  const heavy = new HeavyKeys('process', KIND.process, 1)
  heavy.merge(tableWindow({ keys: [process(7, 5)] }), 0)
  heavy.merge(tableWindow({ keys: [process(8, 50)] }), 1000)
  heavy.merge(tableWindow({ keys: [process(7, 60)] }), 2000)
  expect(heavy.heaviest(2)).toMatchObject([{ id: 7, count: 60, total: 60, sinceMs: 2_000 }])
})

test(`a total is at least what was counted since the key became known, and too high by no more than the bounds of the windows: ${CASES} runs`, () => {
  const counted = fc.record({ tag: fc.integer({ min: 1, max: 40 }), count: fc.nat(2_000), untold: fc.boolean() })
  const window = fc.uniqueArray(counted, { maxLength: 12, selector: ({ tag }) => tag })
  fc.assert(
    fc.property(fc.array(window, { minLength: 1, maxLength: 5 }), (windows) => {
      const heavy = new HeavyKeys('process', KIND.process, 1024)
      const known = new Map<number, { total: number; bound: number; sinceMs: number }>()
      for (const [second, keys] of windows.entries()) {
        heavy.merge(tableWindow({ keys: keys.map(({ tag, count, untold }) => process(tag, count, untold)) }), second)
        for (const { tag, untold } of keys) {
          if (!untold && !known.has(tag)) known.set(tag, { total: 0, bound: 0, sinceMs: second })
        }
        const all = keys.reduce((sum, { count }) => sum + count, 0)
        for (const [tag, sums] of known) {
          sums.total += keys.find((key) => key.tag === tag)?.count ?? 0
          sums.bound += EPSILON * all
        }
      }
      const rows = heavy.heaviest(1024)
      expect(rows).toHaveLength(known.size)
      for (const { id, total, totalErrorBound, sinceMs } of rows) {
        const truth = known.get(id ?? 0)
        if (truth === undefined) throw new Error(`${id} was never told`)
        expect(sinceMs).toBe(truth.sinceMs)
        expect(totalErrorBound).toBeCloseTo(truth.bound, 6)
        expect(total).toBeGreaterThanOrEqual(truth.total)
        expect(total).toBeLessThanOrEqual(truth.total + totalErrorBound)
      }
    }),
    { numRuns: CASES },
  )
}, 60_000)
