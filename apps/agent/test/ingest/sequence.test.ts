import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeOf, Sequence, streamOf } from '../../src/ingest/sequence.ts'

test('[L6] gaps + tail = dropped, whichever numbers of a stream are lost', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (arrives) => {
      const sequence = new Sequence(1)
      arrives.forEach((arrived, index) => {
        if (arrived) sequence.note(3, index + 1, index)
      })
      const dropped = arrives.filter((arrived) => !arrived).length
      expect((sequence.gaps[3] as number) + sequence.tail(3, arrives.length)).toBe(dropped)
    }),
  )
})

test('[L6] a hole is reported with its numbers and the times around it', () => {
  const seen: number[][] = []
  const sequence = new Sequence(1, (...gap) => seen.push(gap))
  sequence.note(2, 1, 100)
  sequence.note(2, 5, 900)
  expect(seen).toEqual([[2, 2, 4, 100, 900]])
})

test('a number that came before is an inversion, and does not move the stream back', () => {
  const sequence = new Sequence(1)
  for (const number of [1, 2, 5, 3]) sequence.note(0, number, number)
  expect(sequence.inversions[0]).toBe(1)
  expect(sequence.last[0]).toBe(5)
})

test('the same number twice is a duplicate', () => {
  const sequence = new Sequence(1)
  for (const number of [1, 2, 2]) sequence.note(0, number, number)
  expect(sequence.duplicates[0]).toBe(1)
})

test('a stream is one (slot, CPU, level), and streams do not touch each other', () => {
  fc.assert(
    fc.property(fc.nat(7), fc.nat(3), fc.nat(3), (slot, cpu, level) => {
      expect(placeOf(4, streamOf(4, slot, cpu, level))).toEqual({ slot, cpu, level })
    }),
  )
})

test('[RNG-8] a number that nothing can have been counted up to does not move the stream', () => {
  const sequence = new Sequence(1)
  for (const number of [1, 2 ** 63, 2]) sequence.note(0, number, number)
  expect([sequence.inversions[0], sequence.gaps[0], sequence.last[0]]).toEqual([1, 0, 2])
})
