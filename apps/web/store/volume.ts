/** How many bytes the rows of this page took: in the kernel's buffers, on the wire, and as JSON would have. Pure. */
import { type Batch, type Volume, volumeOf } from '@ringside/protocol'

export interface PageVolume extends Volume {
  readonly frames: number
  /** The records' own bytes, which the page asks for beside the columns: not among the wire's. */
  readonly rawBytes: number
}

export const NO_VOLUME: PageVolume = {
  ...{ frames: 0, rawBytes: 0, events: 0, wireBytes: 0, recordBytes: 0, jsonBytes: 0 },
}

/** Each raw record has its length beside it: a byte or two. */
const LENGTH_BYTES = 1

/** @param frameBytes of the whole frame that the batch was decoded from */
export function addVolume(sum: PageVolume, batch: Batch, frameBytes: number): PageVolume {
  const rawBytes = batch.bytes === null ? 0 : Math.min(frameBytes, batch.bytes.length + batch.rows * LENGTH_BYTES)
  const volume = volumeOf(batch, frameBytes - rawBytes)
  return {
    frames: sum.frames + 1,
    rawBytes: sum.rawBytes + rawBytes,
    events: sum.events + volume.events,
    wireBytes: sum.wireBytes + volume.wireBytes,
    recordBytes: sum.recordBytes + volume.recordBytes,
    jsonBytes: sum.jsonBytes + volume.jsonBytes,
  }
}
