/** How many bytes the rows of this page took: in the kernel's buffers, on the wire, and as JSON would have. Pure. */
import { type Batch, commOf, eventOf, fieldConn, fieldInt, fieldText } from '@ringside/protocol'

export interface Volume {
  readonly frames: number
  readonly rows: number
  /** In the kernel's buffers, the headers of the records included. */
  readonly recordBytes: number
  /** Frames as they came, without the records' own bytes that the page asks for beside the columns. */
  readonly columnBytes: number
  /** Those bytes. */
  readonly rawBytes: number
  /** Rows that were written as JSON to measure it, and what that took. */
  readonly jsonRows: number
  readonly jsonBytes: number
}

export const NO_VOLUME: Volume = {
  ...{ frames: 0, rows: 0, recordBytes: 0, columnBytes: 0, rawBytes: 0, jsonRows: 0, jsonBytes: 0 },
}

/** Rows of a frame that are written as JSON: enough for a mean, few enough to cost nothing. */
const JSON_ROWS = 4
/** Each raw record has an offset beside it. */
const OFFSET_BYTES = 1

/** @param frameBytes of the whole frame that the batch was decoded from */
export function addVolume(sum: Volume, batch: Batch, frameBytes: number): Volume {
  const rawBytes = batch.bytes === null ? 0 : Math.min(frameBytes, batch.bytes.length + batch.rows * OFFSET_BYTES)
  const step = Math.max(1, Math.floor(batch.rows / JSON_ROWS))
  let jsonRows = 0
  let jsonBytes = 0
  for (let row = 0; row < batch.rows && jsonRows < JSON_ROWS; row += step) {
    jsonBytes += new TextEncoder().encode(JSON.stringify(plainRow(batch, row))).length + 1
    jsonRows += 1
  }
  return {
    frames: sum.frames + 1,
    rows: sum.rows + batch.rows,
    recordBytes: sum.recordBytes + batch.recordBytes,
    columnBytes: sum.columnBytes + frameBytes - rawBytes,
    rawBytes: sum.rawBytes + rawBytes,
    jsonRows: sum.jsonRows + jsonRows,
    jsonBytes: sum.jsonBytes + jsonBytes,
  }
}

/** A row as an object with the names that a reader of JSON would want, and nothing that can be left out. */
function plainRow(batch: Batch, row: number): Record<string, unknown> {
  const event = eventOf(batch, row)
  const plain: Record<string, unknown> = {
    time: batch.timeNs[row],
    type: event?.type,
    slot: batch.slot[row],
    cpu: batch.cpu[row],
    level: batch.level[row],
    number: batch.seq[row],
    rate: batch.rate[row],
  }
  if (event?.hasTask) {
    Object.assign(plain, { pid: batch.pid[row], tid: batch.tid[row], uid: batch.uid[row], comm: commOf(batch, row) })
  }
  event?.fields.forEach((field, index) => {
    if (field.kind === 'conn') plain[field.name] = fieldConn(batch, row, index)
    else plain[field.name] = field.kind === 'text' ? fieldText(batch, row, index) : fieldInt(batch, row, index)
  })
  return plain
}
