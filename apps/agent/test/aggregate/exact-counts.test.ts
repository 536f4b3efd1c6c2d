import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExactCounts, hashOf } from '../../src/aggregate/exact-counts.ts'

const keys = fc.record({ tag: fc.nat(3), words: fc.array(fc.nat(2), { maxLength: 3 }) })
const updates = fc.array(fc.record({ key: keys, weight: fc.integer({ min: 1, max: 5 }) }), { maxLength: 300 })

function textOf(tag: number, words: readonly number[]): string {
  return Buffer.from(Uint32Array.of(tag, ...words).buffer).toString('latin1')
}

function drained(counts: ExactCounts): Map<string, number> {
  const all = new Map<string, number>()
  counts.drain((key, count) => all.set(key, count))
  return all
}

test.each([
  ['a good hash', hashOf],
  ['a hash that is always the same', () => 7],
])('counts are those of an exact map, with %s', (_, hash) => {
  fc.assert(
    fc.property(updates, (all) => {
      const counts = new ExactCounts(256, 4096)
      const expected = new Map<string, number>()
      for (const { key, weight } of all) {
        const words = Uint32Array.of(99, ...key.words)
        const added = counts.add(hash(key.tag, words, 1, key.words.length), key.tag, words, 1, key.words.length, weight)
        expect(added).toBe(true)
        const text = textOf(key.tag, key.words)
        expected.set(text, (expected.get(text) ?? 0) + weight)
      }
      expect(drained(counts)).toEqual(expected)
      expect(drained(counts).size).toBe(0)
    }),
  )
})

test('a new key is refused when there is no room, and known ones still count', () => {
  const counts = new ExactCounts(2, 100)
  const none = new Uint32Array(0)
  const add = (tag: number) => counts.add(tag, tag, none, 0, 0, 1)
  expect([add(1), add(2), add(3), add(1)]).toEqual([true, true, false, true])
  expect([...drained(counts).values()]).toEqual([2, 1])
  expect(add(3)).toBe(true)
})

test('a key whose words do not fit is refused', () => {
  const counts = new ExactCounts(8, 4)
  const words = Uint32Array.of(1, 2, 3)
  expect(counts.add(1, 1, words, 0, 3, 1)).toBe(true)
  expect(counts.add(2, 2, words, 0, 3, 1)).toBe(false)
})
