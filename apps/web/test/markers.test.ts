import { type Batch, BatchEncoder, decodeBatch, stampFrame } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import { markersOf, mergeMarkers } from '../store/markers.ts'

const META = { fromNs: 1e6, toNs: 2e6, matched: 0, thinned: 0 }

function batchWith(gaps: { slot: number; lost: number }[], withheld = 0): Batch {
  const encoder = new BatchEncoder()
  for (const gap of gaps) encoder.gap({ ...gap, holes: 1, fromNs: 1e6, toNs: 2e6, cpus: [0] })
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
})
