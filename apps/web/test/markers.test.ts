import { type Batch, BatchEncoder, type Control, decodeBatch, stampFrame } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import { askedMarker, markersOf, mergeMarkers, pauseMarker } from '../store/markers.ts'
import { NO_FILTER } from '../store/ui.ts'

const META = { fromNs: 1e6, toNs: 2e6, matched: 0, thinned: 0, recordBytes: 0, late: 0, lateNs: 0 }

const streamsOf = (lost: number) => [{ cpu: 0, level: 1, from: 10, to: 9 + lost, lost }]

function batchWith(gaps: { slot: number; lost: number }[], withheld = 0): Batch {
  const encoder = new BatchEncoder()
  for (const gap of gaps)
    encoder.gap({ ...gap, holes: 1, fromNs: 1e6, toNs: 2e6, cpus: [0], streams: streamsOf(gap.lost) })
  const frame = encoder.finish(META)
  stampFrame(frame, { number: 1, subscription: 1, skipped: 0, withheld })
  const batch = decodeBatch(frame)
  if (!batch.ok) throw new Error(batch.message)
  return batch
}

describe('markers of a batch', () => {
  it('tell slot, number and wall-clock time of a gap', () => {
    const [placed] = markersOf(batchWith([{ slot: 2, lost: 1204 }]), 5_000, { skipped: 0, withheld: 0 })
    expect(placed).toMatchObject({
      before: 0,
      marker: { kind: 'gap', losses: [{ slot: 'debug', lost: 1204, fromMs: 5_001, toMs: 5_002 }] },
    })
  })

  it('tell what was withheld since the frame before, once', () => {
    const markers = markersOf(batchWith([], 30), 0, { skipped: 0, withheld: 10 })
    expect(markers.map(({ marker }) => marker)).toMatchObject([{ kind: 'unsent', withheld: 20, skipped: 0 }])
    expect(markersOf(batchWith([], 30), 0, { skipped: 0, withheld: 30 })).toEqual([])
  })

  it('of one kind become one, slot by slot; others stay apart', () => {
    const [a, b] = markersOf(
      batchWith([
        { slot: 2, lost: 5 },
        { slot: 1, lost: 7 },
      ]),
      0,
      { skipped: 0, withheld: 0 },
    )
    if (a === undefined || b === undefined) throw new Error('two markers are expected')
    const both = mergeMarkers(a.marker, b.marker)
    expect(both).toMatchObject({
      losses: [
        { slot: 'debug', lost: 5 },
        { slot: 'normal', lost: 7 },
      ],
    })
    expect(mergeMarkers(a.marker, a.marker)).toMatchObject({ losses: [{ slot: 'debug', lost: 10, holes: 2 }] })
    expect(mergeMarkers(a.marker, { kind: 'silence', fromMs: 0, toMs: 1, restarted: false })).toBeNull()
  })

  it('keep the numbers that are missing, stream by stream', () => {
    const [a, b] = [3, 7].map((lost) => {
      const [placed] = markersOf(batchWith([{ slot: 2, lost }]), 1_000, { skipped: 0, withheld: 0 })
      return placed?.marker
    })
    if (a === undefined || b === undefined) throw new Error('two markers are expected')
    expect(mergeMarkers(a, b)).toMatchObject({
      losses: [{ streams: [{ cpu: 0, level: 1, from: 10, to: 16, lost: 10, fromMs: 1_001, toMs: 1_002 }] }],
    })
  })
})

const controlOf = (paused: boolean, timeMs: number) => ({ applied: { paused }, history: [{ timeMs }] }) as Control

describe('markers of what this page was not told', () => {
  it('pause and resume of capture, by the clock of the agent', () => {
    const [on, off] = [controlOf(false, 1), controlOf(true, 5_000)]
    expect(pauseMarker(null, off, null, 9_000)).toBeNull()
    expect(pauseMarker(on, on, null, 9_000)).toBeNull()
    expect(pauseMarker(on, off, null, 9_000)).toEqual({ kind: 'paused', timeMs: 5_000 })
    expect(pauseMarker(off, controlOf(false, 8_000), 5_000, 9_000)).toEqual({
      kind: 'resumed',
      fromMs: 5_000,
      timeMs: 8_000,
    })
  })

  it('a pause and its end with no row between them are one', () => {
    const resumed = { kind: 'resumed', fromMs: null, timeMs: 8 } as const
    expect(mergeMarkers({ kind: 'paused', timeMs: 5 }, resumed)).toEqual({ kind: 'resumed', fromMs: 5, timeMs: 8 })
  })

  it('a filter that left rows out, once it is another', () => {
    const exec = { ...NO_FILTER, types: ['exec' as const] }
    expect(askedMarker(NO_FILTER, exec, 1, 2)).toBeNull()
    expect(askedMarker(exec, { ...exec }, 1, 2)).toBeNull()
    expect(askedMarker(exec, NO_FILTER, 1, 2)).toEqual({ kind: 'asked', filter: exec, fromMs: 1, toMs: 2 })
  })
})
