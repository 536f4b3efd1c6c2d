/** Gaps while they wait, and on their way. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Gap, GapStream, SlotGap } from '../src/batch.ts'
import { decodeBatch } from '../src/batch-decode.ts'
import { BatchEncoder } from '../src/batch-encode.ts'
import { frameBody, stampedPrefix } from '../src/frame.ts'
import { earlierGapsColumn, GAP_STREAMS, GapSum, worstStreams } from '../src/gaps.ts'
import { anyGap, WINDOW } from './rows.ts'

const NO_STAMP = { number: 0, subscription: 0, skipped: 0, withheld: 0 }
const anyGaps = fc.array(anyGap, { maxLength: 5 })

function stream(cpu: number, level: number, from: number, to: number, lost: number): GapStream {
  return { cpu, level, from, to, lost }
}

function summed(gaps: readonly SlotGap[]): SlotGap[] {
  const sum = new GapSum()
  for (const gap of gaps) sum.add(gap)
  return sum.take()
}

function decodedGaps(parts: readonly Uint8Array[]): Gap[] {
  const batch = decodeBatch(Uint8Array.from(parts.flatMap((part) => [...part])).buffer)
  if (!batch.ok) throw new Error(batch.message)
  return batch.gaps
}

/** By slot, CPU and level: first and last missing number, and how many. */
function lostByStream(gaps: readonly SlotGap[]): Map<string, number[]> {
  const lost = new Map<string, number[]>()
  for (const { slot, streams } of gaps) {
    for (const { cpu, level, ...hole } of streams) {
      const key = `${slot} ${cpu} ${level}`
      const [from, to, count] = lost.get(key) ?? [Number.POSITIVE_INFINITY, 0, 0]
      lost.set(key, [
        Math.min(from as number, hole.from),
        Math.max(to as number, hole.to),
        (count as number) + hole.lost,
      ])
    }
  }
  return lost
}

describe('gaps', () => {
  it('[GAP2] gaps that wait are one per slot, with all that was lost, by stream', () => {
    const gaps: SlotGap[] = [
      { slot: 2, lost: 3, holes: 1, fromNs: 50, toNs: 60, cpus: [3], streams: [stream(3, 0, 20, 22, 3)] },
      { slot: 1, lost: 1, holes: 1, fromNs: 10, toNs: 20, cpus: [0], streams: [stream(0, 0, 5, 5, 1)] },
      {
        ...{ slot: 2, lost: 6, holes: 3, fromNs: 40, toNs: 55, cpus: [1, 3] },
        streams: [stream(3, 1, 9, 12, 4), stream(1, 0, 7, 7, 1), stream(3, 0, 30, 30, 1)],
      },
    ]
    expect(summed(gaps)).toEqual([
      { slot: 1, lost: 1, holes: 1, fromNs: 10, toNs: 20, cpus: [0], streams: [stream(0, 0, 5, 5, 1)] },
      {
        ...{ slot: 2, lost: 9, holes: 4, fromNs: 40, toNs: 60, cpus: [1, 3] },
        streams: [stream(3, 0, 20, 30, 4), stream(3, 1, 9, 12, 4), stream(1, 0, 7, 7, 1)],
      },
    ])
    expect(gaps[0]?.streams).toEqual([stream(3, 0, 20, 22, 3)])
  })

  it('[GAP2] what was taken is not told again', () => {
    const sum = new GapSum()
    sum.add({ slot: 2, lost: 3, holes: 1, fromNs: 50, toNs: 60, cpus: [3], streams: [] })
    expect([sum.any, sum.take().length, sum.any, sum.take()]).toEqual([true, 1, false, []])
  })

  it('[GAP2] [QA-1] nothing that was lost is forgotten, whatever waits: slots, holes, times, CPUs', () => {
    fc.assert(
      fc.property(anyGaps, (gaps) => {
        const all = summed(gaps)
        expect(all.map(({ slot }) => slot).sort()).toEqual([...new Set(gaps.map(({ slot }) => slot))].sort())
        for (const gap of all) {
          const parts = gaps.filter(({ slot }) => slot === gap.slot)
          const sum = (key: 'lost' | 'holes') => parts.reduce((total, part) => total + part[key], 0)
          expect([gap.lost, gap.holes]).toEqual([sum('lost'), sum('holes')])
          expect(gap.fromNs).toBe(Math.min(...parts.map(({ fromNs }) => fromNs)))
          expect(gap.toNs).toBe(Math.max(...parts.map(({ toNs }) => toNs)))
          expect(new Set(gap.cpus)).toEqual(new Set(parts.flatMap(({ cpus }) => cpus)))
        }
      }),
      { numRuns: 10_000 },
    )
  })

  it('[GAP2] [QA-1] of the streams those that lost most are told, each with all that it lost', () => {
    fc.assert(
      fc.property(anyGaps, (gaps) => {
        const expected = lostByStream(gaps)
        for (const gap of summed(gaps)) {
          const mine = [...expected].filter(([key]) => key.startsWith(`${gap.slot} `)).map(([, hole]) => hole)
          expect(gap.streams.length).toBe(Math.min(GAP_STREAMS, mine.length))
          for (const [key, hole] of lostByStream([gap])) expect(hole).toEqual(expected.get(key))
          const most = mine.map((hole) => hole[2] as number).sort((a, b) => b - a)
          expect(gap.streams.map(({ lost }) => lost)).toEqual(most.slice(0, GAP_STREAMS))
        }
      }),
      { numRuns: 10_000 },
    )
  })

  it('[GAP2] [QA-1] the order in which they came does not matter', () => {
    const turned = anyGaps.chain((gaps) =>
      fc.tuple(fc.constant(gaps), fc.shuffledSubarray(gaps, { minLength: gaps.length })),
    )
    const bySlot = (gaps: SlotGap[]) => gaps.sort((a, b) => a.slot - b.slot)
    fc.assert(
      fc.property(turned, ([gaps, other]) => {
        expect(bySlot(summed(other))).toEqual(bySlot(summed(gaps)))
      }),
      { numRuns: 10_000 },
    )
  })

  it('[GAP1] [QA-1] any gaps come back as they were, among the rows and before them', () => {
    const encoder = new BatchEncoder()
    fc.assert(
      fc.property(anyGaps, anyGaps, (own, earlier) => {
        for (const gap of own) encoder.gap(gap)
        const frame = encoder.finish(WINDOW)
        const whole = [stampedPrefix(frame, NO_STAMP, 1), frameBody(frame), earlierGapsColumn(earlier)]
        expect(decodedGaps(whole)).toEqual([...earlier, ...own].map((gap) => ({ row: 0, ...gap })))
      }),
      { numRuns: 10_000 },
    )
  })

  it('[GAP1] a gap names at most 16 streams, those that lost most', () => {
    const streams = Array.from({ length: 40 }, (_, cpu) => stream(cpu, 0, 1, 100, 1 + ((cpu * 7) % 40)))
    const gap = { slot: 2, lost: 820, holes: 40, fromNs: 1, toNs: 2, cpus: [], streams }
    const encoder = new BatchEncoder()
    encoder.gap(gap)
    const frame = encoder.finish(WINDOW)
    const [decoded] = decodedGaps([new Uint8Array(frame)])
    expect(decoded?.streams).toEqual(worstStreams(streams))
    expect(decoded?.streams.map(({ lost }) => lost)).toEqual(Array.from({ length: 16 }, (_, i) => 40 - i))
  })
})
