import { describe, expect, it } from 'vitest'
import { densityOf } from '../store/density.ts'
import { EventLog } from '../store/event-log.ts'
import type { Held } from '../store/explorer.ts'
import { type Marker, mergeMarkers } from '../store/markers.ts'
import { Matches } from '../store/matches.ts'
import { makeBatch } from './make-batch.ts'

function densityFor(rows: Parameters<typeof makeBatch>[0], matched: number) {
  const log = new EventLog<Held, Marker>(1_000, 1)
  const batch = makeBatch(rows, { matched })
  log.append({ rows: batch.rows, batch, zeroMs: 0, lateNs: null }, [])
  return densityOf(new Matches(log, { passes: () => true, merge: mergeMarkers }), 10)
}

describe('the density of events', () => {
  it('is exact where nothing was sampled, and scaled by what was thinned', () => {
    expect(densityFor([{}, {}], 2)).toMatchObject({ events: 2, isEstimate: false })
    expect(densityFor([{}, {}], 20)).toMatchObject({ events: 20, isEstimate: false })
  })

  it('is rescaled where rows were sampled, and marked as an estimate', () => {
    const density = densityFor([{ rate: 2 ** 30 }, {}], 2)
    expect(density?.isEstimate).toBe(true)
    expect(density?.events).toBeCloseTo(5)
  })
})
