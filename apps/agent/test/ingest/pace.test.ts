import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pace, restFor } from '../../src/ingest/pace.ts'

const MIB = 1024 * 1024

test('a rest lasts as long as an eighth of the buffer takes to fill at the rate just seen', () => {
  expect(restFor(256 * 1024, 500, 8 * MIB)).toBe(2000)
})

test('a rest is never shorter than 100 µs, nor longer than 10 ms or a whole buffer at 1.5 GB/s', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(1e6), fc.integer({ min: 12, max: 30 }), (bytes, elapsed, power) => {
      const rest = restFor(bytes, elapsed, 2 ** power)
      expect(rest).toBeGreaterThanOrEqual(100)
      expect(rest).toBeLessThanOrEqual(Math.max(100, Math.min(10_000, 2 ** power / 1500)))
    }),
  )
})

function pass(pace: Pace, bytes: number[]): number | null {
  pace.begin()
  for (const found of bytes) pace.note(found, 1000, 8 * MIB)
  return pace.end()
}

test('the buffer that fills fastest sets the rest', () => {
  expect(pass(new Pace(), [0, 4 * MIB, 100])).toBe(250)
})

test('after three empty passes the reader sleeps, and it rests again once it found something', () => {
  const pace = new Pace()
  const rests = [pass(pace, [0]), pass(pace, [0]), pass(pace, [0])]
  expect(rests.every((rest) => rest !== null)).toBe(true)
  expect(pass(pace, [0])).toBeNull()
  expect(pass(pace, [64])).not.toBeNull()
})
