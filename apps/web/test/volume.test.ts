import { describe, expect, it } from 'vitest'
import { addVolume, NO_VOLUME } from '../store/volume.ts'
import { makeBatch, makeFrame } from './make-batch.ts'

describe('what the rows of this page took', () => {
  it('adds frames up, and measures what they took on the wire', () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ timeNs: i * 1_000 }))
    const bytes = makeFrame(rows).byteLength
    const once = addVolume(NO_VOLUME, makeBatch(rows), bytes)
    const twice = addVolume(once, makeBatch(rows), bytes)
    expect(once).toMatchObject({ frames: 1, events: 50, wireBytes: bytes, recordBytes: 50 * 88, rawBytes: 0 })
    expect(twice).toMatchObject({ frames: 2, events: 100, wireBytes: 2 * bytes })
    expect(once.jsonBytes).toBeGreaterThan(once.recordBytes)
  })

  it("does not count the records' own bytes among the columns", () => {
    const batch = { ...makeBatch([{}, {}]), bytes: new Uint8Array(176), byteOffset: new Uint32Array([0, 88, 176]) }
    const volume = addVolume(NO_VOLUME, batch, 300)
    expect(volume.rawBytes + volume.wireBytes).toBe(300)
    expect(volume.rawBytes).toBe(178)
  })
})
