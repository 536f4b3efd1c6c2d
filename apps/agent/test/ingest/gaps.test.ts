import { expect, test } from 'vitest'
import { GapCollector } from '../../src/ingest/gaps.ts'
import { streamOf } from '../../src/ingest/sequence.ts'

test('[L6][ACC-9] the holes of a window are one gap per slot, with all that was lost, where and when', () => {
  const gaps = new GapCollector(4)
  gaps.note(streamOf(4, 2, 3, 0), 10, 14, 500, 900)
  gaps.note(streamOf(4, 2, 1, 1), 7, 7, 400, 600)
  gaps.note(streamOf(4, 1, 0, 0), 2, 3, 100, 200)
  expect(gaps.take()).toEqual([
    {
      ...{ slot: 1, lost: 2, holes: 1, fromNs: 100, toNs: 200, cpus: [0] },
      streams: [{ cpu: 0, level: 0, from: 2, to: 3, lost: 2 }],
    },
    {
      ...{ slot: 2, lost: 6, holes: 2, fromNs: 400, toNs: 900, cpus: [1, 3] },
      streams: [
        { cpu: 3, level: 0, from: 10, to: 14, lost: 5 },
        { cpu: 1, level: 1, from: 7, to: 7, lost: 1 },
      ],
    },
  ])
  expect(gaps.take()).toEqual([])
})

test('a stream whose first records are missing has no time before the gap', () => {
  const gaps = new GapCollector(1)
  gaps.note(0, 1, 5, 0, 900)
  expect(gaps.take()).toMatchObject([{ fromNs: 900, toNs: 900, lost: 5 }])
})

test('a gap that begins among rows that are held back waits as they do', () => {
  const gaps = new GapCollector(2)
  gaps.note(streamOf(2, 0, 0, 0), 5, 6, 100, 300)
  gaps.note(streamOf(2, 1, 1, 0), 5, 6, 400, 500)
  expect(gaps.take(250).map(({ slot }) => slot)).toEqual([0])
  expect(gaps.any).toBe(true)
  expect(gaps.take()).toMatchObject([{ slot: 1, lost: 2, streams: [{ cpu: 1, from: 5, to: 6 }] }])
})
