/** Builds chunks of records by hand, as `SourceFeed.read` would write them. */
import { ABI, LARGEST_RECORD_BYTES, LIMITS, RECORD_BYTES, RING_HEADER, ringBytes } from '../../src/source/abi.ts'

export interface RecordShape {
  type: number
  slot?: number
  cpu?: number
  level?: number
  seq: number
  timeNs?: number
  rate?: number
  version?: number
  /** Bytes of the ring record; default: the type's smallest. */
  length?: number
  /** What the header says; default: length. */
  size?: number
  fill?: (view: DataView, at: number) => void
}

/** A chunk with these records, and how many bytes of it are filled. */
export function chunkOf(records: RecordShape[]): { u8: Uint8Array; words: Uint32Array; bytes: number } {
  const u8 = new Uint8Array(records.length * ringBytes(LARGEST_RECORD_BYTES))
  const view = new DataView(u8.buffer)
  const { members } = ABI.structs.rs_header
  let at = 0
  for (const record of records) {
    const length = record.length ?? Math.max(ABI.structs.rs_header.bytes, RECORD_BYTES[record.type]?.min ?? 0)
    const body = at + RING_HEADER.bytes
    view.setUint32(at, length, true)
    view.setUint16(body + members.version, record.version ?? 1, true)
    view.setUint16(body + members.type, record.type, true)
    if (length >= ABI.structs.rs_header.bytes) {
      view.setUint32(body + members.size, record.size ?? length, true)
      view.setUint16(body + members.cpu, record.cpu ?? 0, true)
      view.setUint8(body + members.level, record.level ?? 0)
      view.setUint8(body + members.slot, record.slot ?? 0)
      view.setUint32(body + members.rate, record.rate ?? 0xffff_ffff, true)
      view.setBigUint64(body + members.seq, BigInt(record.seq), true)
      view.setBigUint64(body + members.time, BigInt(record.timeNs ?? record.seq), true)
    }
    record.fill?.(view, body)
    at += ringBytes(length)
  }
  return { u8, words: new Uint32Array(u8.buffer), bytes: at }
}

/** Sum of one slot's row of a per (slot, type) table. */
export function ofSlot(table: Float64Array, slot: number): number {
  return table.subarray(slot * LIMITS.types, (slot + 1) * LIMITS.types).reduce((sum, value) => sum + value, 0)
}
