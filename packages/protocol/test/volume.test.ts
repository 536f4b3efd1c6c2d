/** What sampled rows stand for, and what rows take. */
import { describe, expect, it } from 'vitest'
import type { Batch } from '../src/batch.ts'
import { decodeBatch } from '../src/batch-decode.ts'
import { describeEstimate, estimateOf, formatEstimate } from '../src/estimate.ts'
import { EVENTS } from '../src/events.ts'
import { perEvent, rowAsJson, volumeOf } from '../src/volume.ts'
import { thresholdOf } from '../src/words.ts'
import { ascii, connOf, encode, type Row, rowOf, WINDOW } from './rows.ts'

function batchOf(rows: readonly Row[]): Batch {
  const batch = decodeBatch(encode(rows))
  if (!batch.ok) throw new Error(batch.message)
  return batch
}

describe('estimates', () => {
  it('[EST1] rows that were not sampled are counted, and nothing is marked', () => {
    const estimate = estimateOf(batchOf([rowOf(), rowOf({ seq: 2 })]))
    expect(estimate).toEqual({ rows: 2, events: 2, variance: 0 })
    expect([formatEstimate(estimate), describeEstimate(estimate)]).toEqual(['2', '2 rows, nothing sampled'])
  })

  it('[EST1] a sampled row stands for one over its own rate, and the sum is marked', () => {
    const tenth = { rate: thresholdOf(0.1) }
    const batch = batchOf([rowOf(), ...Array.from({ length: 100 }, (_, i) => rowOf({ seq: i + 2, ...tenth }))])
    const estimate = estimateOf(batch)
    expect(estimate.events).toBeCloseTo(1001, 3)
    expect(Math.sqrt(estimate.variance)).toBeCloseTo(94.87, 2)
    expect(formatEstimate(estimate)).toBe('≈ 1,001')
    expect(describeEstimate(estimate)).toBe('101 rows stand for 1,001 ± 95 events: sampled')
    expect(formatEstimate(estimateOf(batch, [0]))).toBe('1')
  })

  it('[EST1] a rate that keeps nothing cannot have kept a row: it stands for itself', () => {
    expect(estimateOf(batchOf([rowOf({ rate: 0 })])).events).toBe(1)
  })
})

describe('volume', () => {
  it('[VOL1] bytes per event on the wire, as records, and as JSON', () => {
    const rows = Array.from({ length: 100 }, (_, i) => rowOf({ seq: i + 1, timeNs: 1e9 + i * 999 }))
    const frame = encode(rows)
    const batch = batchOf(rows)
    const volume = volumeOf(batch, frame.byteLength)
    expect(volume).toMatchObject({ events: 100, wireBytes: frame.byteLength, recordBytes: WINDOW.recordBytes })
    const each = perEvent(volume)
    expect(each.record).toBe(WINDOW.recordBytes / 100)
    const all = rows.reduce((sum, _, row) => sum + JSON.stringify(rowAsJson(batch, row)).length, 0)
    expect(Math.abs((each.json ?? 0) - all / 100)).toBeLessThan(2)
    expect(each.wire ?? 0).toBeLessThan((each.json ?? 0) / 10)
  })

  it('[VOL1] [ACC-10] without rows there is nothing to divide by', () => {
    const volume = volumeOf(batchOf([]), 80)
    expect(volume).toEqual({ events: 0, wireBytes: 80, recordBytes: WINDOW.recordBytes, jsonBytes: 0 })
    expect(perEvent(volume)).toEqual({ wire: null, record: null, json: null })
  })

  it('[VOL1] JSON has every value by its name', () => {
    const conn = connOf({ local: [10, 0, 0, 7], localPort: 443, protocol: 17 })
    expect(rowAsJson(batchOf([rowOf({ type: EVENTS.packet.number, fields: [conn, 60, 2, 1] })]), 0)).toMatchObject({
      ...{ type: 'packet', slot: 'debug', seq: 1, protocol: 17, direction: 'out' },
      ...{ source: '10.0.0.7:443', length: 60, ifindex: 2 },
    })
    const open = rowOf({ type: EVENTS.open.number, slot: 12, fields: [3, -100, 0, 0, 257, ascii('/x')] })
    expect(rowAsJson(batchOf([open]), 0)).toMatchObject({ slot: 12, comm: 'sh', pid: 10, result: 3, path: '/x' })
  })
})
