/** A decoded batch: struct of arrays, and the accessors that read one row of it without building the others. */
import type { EventSpec } from './events.ts'
import { EVENT_BY_NUMBER } from './events.ts'

/** [GAP1] A hole in the numbers of a slot's streams, as ingest saw it. */
export interface Gap {
  /** Stands before this row of the batch; equals `rows` when it stands after the last. */
  row: number
  slot: number
  /** Numbers that are missing: records dropped. */
  lost: number
  /** Separate holes merged into this gap. */
  holes: number
  /** Times of the records around the gap, ns since time zero. */
  fromNs: number
  toNs: number
  /** CPUs whose streams have the holes, ascending. */
  cpus: number[]
  /** The streams that lost most, at most 16, most first: the numbers from the first to the last that are missing. */
  streams: GapStream[]
}

/** Missing numbers of one stream within a gap: `lost` of those from `from` to `to`. */
export interface GapStream {
  cpu: number
  level: number
  from: number
  to: number
  lost: number
}

/** [GAP1] All holes of one slot over some time, not yet put between rows. */
export type SlotGap = Omit<Gap, 'row'>

/** What the encoder's caller tells about the window that a batch covers. */
export interface BatchMeta {
  /** The window, ns since time zero. */
  fromNs: number
  toNs: number
  /** Events of the window that match the subscription, and how many of them were thinned away by choice. */
  matched: number
  thinned: number
  /** Bytes that the rows' records took in the kernel's buffers, their headers included. */
  recordBytes: number
  /** Rows that are older than one published before them, and by how much at most, ns. */
  late: number
  lateNs: number
}

/** Values of one field over the rows of one type: integers, or indexes into `strings` or `connections`. */
export type FieldColumn = Float64Array | Uint32Array

export interface Batch extends BatchMeta {
  ok: true
  /** The client's stamp, see FrameStamp. */
  number: number
  subscription: number
  skipped: number
  withheld: number
  rows: number
  timeNs: Float64Array
  type: Uint8Array
  slot: Uint8Array
  cpu: Uint16Array
  level: Uint8Array
  seq: Float64Array
  /** Sampling threshold in force, see weightOf. */
  rate: Uint32Array
  /** Of the record's layout. */
  version: Uint8Array
  /** The process; zeros where the type has none. `comm` is an index into `strings`. */
  pid: Uint32Array
  tid: Uint32Array
  uid: Uint32Array
  flags: Uint32Array
  comm: Uint32Array
  /** [DICT2] Safe to show as they are: control characters, bidi and invalid UTF-8 are escaped. [0] is empty. */
  strings: string[]
  /** 40 bytes each, laid out as the record contract's rs_conn. The first is all zero. */
  connections: Uint8Array
  /** By type number, then by field index: values of the rows of that type, in row order. Absent fields are null. */
  fields: ((FieldColumn | null)[] | null)[]
  /** Where a row's values stand in its type's columns. */
  fieldRow: Uint32Array
  /** In the order of their rows; those of frames that this connection was not sent come first. */
  gaps: Gap[]
  /** The records' bytes, when the subscription asked for them: row r is [byteOffset[r], byteOffset[r + 1]). */
  bytes: Uint8Array | null
  byteOffset: Uint32Array | null
}

export interface DecodeFailure {
  ok: false
  code: 'short' | 'magic' | 'version' | 'too-large' | 'column'
  message: string
}

/** The specification of a row's event, or undefined for a type newer than this reader. */
export function eventOf(batch: Batch, row: number): EventSpec | undefined {
  return EVENT_BY_NUMBER[batch.type[row] ?? 0]
}

/** An integer field. 0 where the batch does not carry it. */
export function fieldInt(batch: Batch, row: number, index: number): number {
  const type = batch.type[row] ?? 0
  return batch.fields[type]?.[index]?.[batch.fieldRow[row] ?? 0] ?? 0
}

/** A string field, safe to show. Empty where the batch does not carry it. */
export function fieldText(batch: Batch, row: number, index: number): string {
  return batch.strings[fieldInt(batch, row, index)] ?? ''
}

/** The process name of a row, safe to show. */
export function commOf(batch: Batch, row: number): string {
  return batch.strings[batch.comm[row] ?? 0] ?? ''
}

/** The record's bytes, a view; null when the batch carries none. */
export function bytesOf(batch: Batch, row: number): Uint8Array | null {
  if (batch.bytes === null || batch.byteOffset === null) return null
  return batch.bytes.subarray(batch.byteOffset[row], batch.byteOffset[row + 1])
}
