import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOfKind, DELTA, EPSILON, estimateOf } from '../../src/aggregate/sketch.ts'
import { ABI, KIND, LIMITS } from '../../src/source/abi.ts'
import { cellsOf, keyDigest } from '../../src/source/sketch-cell.ts'
import { type CountedKey, heavyKey, tableWindow } from './table-window.ts'

function viewOf(key: CountedKey): DataView {
  const view = new DataView(new ArrayBuffer(ABI.structs.rs_heavy_key.bytes))
  heavyKey(view, 0, key)
  return view
}

/** Odd multipliers, as they are drawn at load. */
const seeds = fc
  .array(fc.nat({ max: 0xffff_ffff }), { minLength: 8, maxLength: 8 })
  .map((words) => Uint32Array.from(words, (word, index) => (index % 2 === 0 ? word | 1 : word)))

const keysOf = (least: number) =>
  fc.uniqueArray(
    fc.record({
      kind: fc.constantFrom(...Object.values(KIND)),
      tag: fc.nat({ max: 0xffff_ffff }),
      address: fc.array(fc.nat({ max: 255 }), { maxLength: 16 }),
      count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 100_000 })),
    }),
    { minLength: least, maxLength: 1500, selector: ({ kind, tag, address }) => `${kind} ${tag} ${address.join()}` },
  )

test('the digest of a key is that of the contract, in 64 bits that wrap', () => {
  expect(keyDigest(viewOf({ kind: 0, tag: 7, count: 0 }), 0)).toBe(7n)
  expect(keyDigest(viewOf({ kind: 1, tag: 2, count: 0 }), 0)).toBe((1n << 32n) | (2n ^ 1n))
  const digest = keyDigest(viewOf({ kind: 2, tag: 4, address: [10, 0, 0, 7], count: 0 }), 0)
  const mixed = ((2n << 32n) | 4n) ^ BigInt.asUintN(64, 0x0700000an * 0xff51afd7ed558ccdn)
  expect(digest).toBe(mixed ^ (mixed >> 32n))
})

test('the cell is the top ten bits of digest times seed', () => {
  const seed = Uint32Array.of(1, 0, 3, 0, 1, 0x8000_0000, 0xffff_ffff, 0xffff_ffff)
  const cells = cellsOf(0xffff_ffff_ffff_ffffn, seed)
  expect(cells).toEqual([1023, 1023, 511, 0])
  expect(cellsOf(1n << 54n, seed)).toEqual([1, 3, 1, 1023])
})

test('an estimate is never below the true count', () => {
  fc.assert(
    fc.property(keysOf(1), seeds, (counted, random) => {
      const { cells } = tableWindow({ keys: counted, seeds: random })
      for (const key of counted) {
        expect(estimateOf(viewOf(key), 0, cellsOfKind(cells, key.kind), random)).toBeGreaterThanOrEqual(key.count)
      }
    }),
  )
})

test('an estimate is too high by at most epsilon × N, but for a share of delta', () => {
  let all = 0
  let beyond = 0
  fc.assert(
    // Seeds as they are drawn, not biased towards small ones, whose top bits are all alike.
    fc.property(keysOf(1000), fc.noBias(seeds), (counted, random) => {
      const { cells, totals } = tableWindow({ keys: counted, seeds: random })
      for (const key of counted) {
        const over = estimateOf(viewOf(key), 0, cellsOfKind(cells, key.kind), random) - key.count
        all += 1
        if (over > EPSILON * (totals[key.kind] as number)) beyond += 1
      }
    }),
    { numRuns: 30 },
  )
  expect(all).toBeGreaterThanOrEqual(30_000)
  expect(beyond / all).toBeLessThanOrEqual(DELTA)
})

test('epsilon and delta are those of the sketch in the contract', () => {
  expect([EPSILON * LIMITS.sketchCells, -Math.log(DELTA)]).toEqual([Math.E, LIMITS.sketchRows])
})
