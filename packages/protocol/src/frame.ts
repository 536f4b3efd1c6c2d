/** The outline of a binary frame: prefix, column ids, encodings, limits. See SPEC.md [FR], [COL]. */

/** 'RSBF' as it stands in the bytes, read little-endian. */
export const FRAME_MAGIC = 0x4642_5352
export const FRAME_VERSION = 2

/** [FR1] Offsets in the fixed prefix. All integers are little-endian. */
export const PREFIX = {
  magic: 0,
  version: 4,
  flags: 6,
  number: 8,
  subscription: 12,
  skipped: 16,
  fromNs: 24,
  toNs: 32,
  matched: 40,
  thinned: 44,
  withheld: 48,
  rows: 56,
  columns: 60,
  lateNs: 64,
  late: 72,
  recordBytes: 76,
} as const
export const PREFIX_BYTES = 80
export const FRAME_NUMBER_OFFSET = PREFIX.number

/** [FR6] No frame holds more rows: a reader may allocate for this many, and no more. */
export const MAX_ROWS = 262_144
/** An encoder calls itself full from here on; see `BatchEncoder.full`. */
export const FRAME_TARGET_BYTES = 512 * 1024
/** [FR6] No frame is larger whose sender stops at `full`, if each of its rows takes less than a quarter of this. */
export const FRAME_MAX_BYTES = 1024 * 1024

/** [COL2] Columns of the whole batch. Ids from 128 on are `128 | type << 3 | field`. */
export const COLUMN = {
  strings: 1,
  connections: 2,
  kinds: 3,
  streams: 4,
  tasks: 5,
  kind: 6,
  time: 7,
  seq: 8,
  task: 9,
  gaps: 10,
  byteLength: 11,
  bytes: 12,
  earlierGaps: 13,
} as const

/** [COL3] How a column's values are written. */
export const ENCODING = { uint: 1, int: 2, delta: 3, same: 4, step: 5, dict: 6, table: 7 } as const

export const FIELD_COLUMN_BASE = 128

export function fieldColumnId(type: number, field: number): number {
  return FIELD_COLUMN_BASE | ((type & 15) << 3) | (field & 7)
}

/** What the serving thread alone knows of a frame: it differs between the clients that share one batch. */
export interface FrameStamp {
  /** Counts the frames of one connection from 1, skipped ones included: a hole is a skipped frame. */
  number: number
  /** How many `subscribe` messages of this connection the frame's filter takes into account. */
  subscription: number
  /** Rows skipped on this connection so far. */
  skipped: number
  /** Rows withheld from this connection's subscriptions so far. */
  withheld: number
}

/** Writes a client's stamp into a frame, in place: only for a buffer that no other client shares. */
export function stampFrame(buffer: ArrayBuffer, stamp: FrameStamp): void {
  writeStamp(new DataView(buffer), stamp)
}

/**
 * A copy of the prefix, stamped for one client: sent as the first fragment, before the shared `frameBody` and, where this
 * client is told of earlier gaps, their column. The fragments are one message.
 * @param columnsBehind columns of this client's own behind the body
 */
export function stampedPrefix(buffer: ArrayBuffer, stamp: FrameStamp, columnsBehind = 0): Uint8Array {
  const prefix = new Uint8Array(buffer.slice(0, PREFIX_BYTES))
  const view = new DataView(prefix.buffer)
  writeStamp(view, stamp)
  view.setUint32(PREFIX.columns, view.getUint32(PREFIX.columns, true) + columnsBehind, true)
  return prefix
}

/** The part of a frame that all clients share, without a copy. */
export function frameBody(buffer: ArrayBuffer): Uint8Array {
  return new Uint8Array(buffer, PREFIX_BYTES)
}

function writeStamp(view: DataView, stamp: FrameStamp): void {
  view.setUint32(PREFIX.number, stamp.number, true)
  view.setUint32(PREFIX.subscription, stamp.subscription, true)
  view.setFloat64(PREFIX.skipped, stamp.skipped, true)
  view.setFloat64(PREFIX.withheld, stamp.withheld, true)
}
