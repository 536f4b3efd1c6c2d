/** What the rows of a batch took: on the wire, as records in the kernel's buffers, and what they would take as JSON. */
import { type Batch, commOf, eventOf, fieldInt, fieldText } from './batch.ts'
import { fieldConn } from './connection.ts'
import { formatEndpoint } from './format.ts'
import { utf8Bytes } from './shown-text.ts'
import { SLOT_NAMES } from './words.ts'

/** Bytes of `events` rows; of several batches they may be added, member by member. */
export interface Volume {
  events: number
  wireBytes: number
  recordBytes: number
  /** From some rows of each batch: an estimate. */
  jsonBytes: number
}

/** Bytes per event; null where there are none. */
export interface EventBytes {
  wire: number | null
  record: number | null
  json: number | null
}

/** Rows of a batch whose JSON is measured, evenly spread. */
const SAMPLED_ROWS = 8

/** @param frameBytes of the frame that the batch was decoded from, prefix included */
export function volumeOf(batch: Batch, frameBytes: number): Volume {
  const samples = Math.min(SAMPLED_ROWS, batch.rows)
  let sampled = 0
  for (let i = 0; i < samples; i++) {
    sampled += utf8Bytes(JSON.stringify(rowAsJson(batch, Math.floor((i * batch.rows) / samples))))
  }
  return {
    events: batch.rows,
    wireBytes: frameBytes,
    recordBytes: batch.recordBytes,
    jsonBytes: samples === 0 ? 0 : Math.round((sampled / samples) * batch.rows),
  }
}

export function perEvent({ events, wireBytes, recordBytes, jsonBytes }: Volume): EventBytes {
  const each = (bytes: number): number | null => (events > 0 ? bytes / events : null)
  return { wire: each(wireBytes), record: each(recordBytes), json: each(jsonBytes) }
}

/** A row as a plain API would send it: every value with its name, numbers as numbers. */
export function rowAsJson(batch: Batch, row: number): Record<string, unknown> {
  const event = eventOf(batch, row)
  const json: Record<string, unknown> = {
    timeNs: batch.timeNs[row],
    type: event?.type ?? batch.type[row],
    slot: SLOT_NAMES[batch.slot[row] ?? 0] ?? batch.slot[row],
    cpu: batch.cpu[row],
    level: batch.level[row],
    seq: batch.seq[row],
    rate: batch.rate[row],
  }
  if (event?.hasTask) {
    const task = { pid: batch.pid[row], tid: batch.tid[row], uid: batch.uid[row], flags: batch.flags[row] }
    Object.assign(json, task, { comm: commOf(batch, row) })
  }
  event?.fields.forEach((field, index) => {
    if (field.kind === 'text') json[field.name] = fieldText(batch, row, index)
    else if (field.kind === 'int') json[field.name] = fieldInt(batch, row, index)
    else Object.assign(json, connectionAsJson(batch, row, index))
  })
  return json
}

function connectionAsJson(batch: Batch, row: number, index: number): Record<string, unknown> {
  const conn = fieldConn(batch, row, index)
  return {
    protocol: conn.protocol,
    direction: conn.direction,
    tcpFlags: conn.tcpFlags,
    source: formatEndpoint(conn.localAddress, conn.localPort),
    destination: formatEndpoint(conn.remoteAddress, conn.remotePort),
  }
}
