/**
 * One pass over a chunk of records as 32-bit words: counts what was consumed per (slot, type), tells good records from
 * malformed ones, and checks the numbers. No object per record, no BigInt, no meaning beyond the record header.
 */
import { ABI, ABI_VERSION, LIMITS, RECORD_BYTES, RING_HEADER } from '../source/abi.ts'
import { type GapListener, Sequence } from './sequence.ts'

/** Largest chunk that a scanner takes. */
export const CHUNK_BYTES = 256 * 1024

/** CLOCK_MONOTONIC ns of time 0, as two words: times stay exact in doubles however long the host has been up. */
export interface TimeZero {
  hi: number
  lo: number
}

const { rs_header, rs_exec, rs_open, rs_load } = ABI.structs
const HEADER_BYTES = rs_header.bytes
const TWO_32 = 2 ** 32

/* Words of a record, counted from its first. Version and type share one, as do CPU, level and slot. */
const TYPE_WORD = rs_header.members.version / 4
const SIZE_WORD = rs_header.members.size / 4
const PLACE_WORD = rs_header.members.cpu / 4
const RATE_WORD = rs_header.members.rate / 4
const SEQ_WORD = rs_header.members.seq / 4
const TIME_WORD = rs_header.members.time / 4
const EXEC_PATH_WORD = rs_exec.members.path_len / 4
const OPEN_PATH_WORD = rs_open.members.nr / 4
const PAD_WORD = rs_load.members.pad_len / 4

const MIN_BYTES = Uint32Array.from(RECORD_BYTES, (bytes) => bytes.min)
const MAX_BYTES = Uint32Array.from(RECORD_BYTES, (bytes) => bytes.max)

/** ns since time zero of the record at word `at`. */
export function timeOf(words: Uint32Array, at: number, zero: TimeZero): number {
  return ((words[at + TIME_WORD + 1] as number) - zero.hi) * TWO_32 + ((words[at + TIME_WORD] as number) - zero.lo)
}

/** Number of the record at word `at`. */
export function numberOf(words: Uint32Array, at: number): number {
  return (words[at + SEQ_WORD + 1] as number) * TWO_32 + (words[at + SEQ_WORD] as number)
}

/** Event type of the record at word `at`. */
export function typeOf(words: Uint32Array, at: number): number {
  return (words[at + TYPE_WORD] as number) >>> 16
}

/** Sampling threshold that the record at word `at` has passed. */
export function rateOf(words: Uint32Array, at: number): number {
  return words[at + RATE_WORD] as number
}

/** CPU (low 16 bits), level and slot (a byte each) of the record at word `at`. */
export function placeWord(words: Uint32Array, at: number): number {
  return words[at + PLACE_WORD] as number
}

/** Bytes of the record at word `at`. */
export function sizeOf(words: Uint32Array, at: number): number {
  return words[at + SIZE_WORD] as number
}

export class Scanner {
  readonly sequence: Sequence
  /** Per slot × LIMITS.types + type, records; type 0 stands for types that do not exist. */
  readonly consumed = new Float64Array(LIMITS.slots * LIMITS.types)
  readonly decoded = new Float64Array(LIMITS.slots * LIMITS.types)
  readonly malformed = new Float64Array(LIMITS.slots * LIMITS.types)
  /** Per slot: bytes of ring taken, ring headers and padding included. */
  readonly consumedBytes = new Float64Array(LIMITS.slots)
  /** Word index of each good record of the last chunk. */
  readonly at = new Uint32Array(CHUNK_BYTES / (HEADER_BYTES + RING_HEADER.bytes))
  readonly #zero: TimeZero

  constructor(cpus: number, zero: TimeZero = { hi: 0, lo: 0 }, onGap?: GapListener) {
    this.sequence = new Sequence(cpus, onGap)
    this.#zero = zero
  }

  /**
   * @param words the chunk, ring headers included, as `SourceFeed.read` wrote it
   * @param bytes how much of it is filled
   * @param slot where it was read from
   * @returns how many good records there are; `at` tells where
   */
  scan(words: Uint32Array, bytes: number, slot: number): number {
    const { sequence, consumed, decoded, malformed, at } = this
    const { cpus, last, lastNs } = sequence
    const zero = this.#zero
    const end = bytes >>> 2
    const base = slot * LIMITS.types
    let good = 0
    let next = 0
    while (next < end) {
      const record = next + 2
      const length = (words[next] as number) & RING_HEADER.lengthMask
      next = record + (((length + 7) >>> 3) << 1)
      if (((words[record - 2] as number) & RING_HEADER.discardBit) !== 0) continue
      const named = length >= 4 ? typeOf(words, record) : 0
      const cell = base + (named < LIMITS.types && (MIN_BYTES[named] as number) > 0 ? named : 0)
      consumed[cell] = (consumed[cell] as number) + 1

      const place = length >= HEADER_BYTES ? placeWord(words, record) : 0xffff_ffff
      const cpu = place & 0xffff
      const level = (place >>> 16) & 0xff
      const numbered =
        ((words[record] as number) & 0xffff) === ABI_VERSION &&
        place >>> 24 === slot &&
        cpu < cpus &&
        level < LIMITS.levels
      if (numbered) {
        const stream = (slot * cpus + cpu) * LIMITS.levels + level
        const number = numberOf(words, record)
        const timeNs = timeOf(words, record, zero)
        if (number === (last[stream] as number) + 1) {
          last[stream] = number
          lastNs[stream] = timeNs
        } else sequence.note(stream, number, timeNs)
      }
      if (
        numbered &&
        cell !== base &&
        sizeOf(words, record) === length &&
        length >= (MIN_BYTES[named] as number) &&
        length <= (MAX_BYTES[named] as number) &&
        tailFits(words, record, named, length)
      ) {
        decoded[cell] = (decoded[cell] as number) + 1
        at[good++] = record
      } else {
        malformed[cell] = (malformed[cell] as number) + 1
      }
    }
    this.consumedBytes[slot] = (this.consumedBytes[slot] as number) + bytes
    return good
  }
}

/** Whether the bytes that a variable record says it ends with lie inside it. */
function tailFits(words: Uint32Array, record: number, type: number, length: number): boolean {
  switch (type) {
    case 2: {
      const path = words[record + EXEC_PATH_WORD] as number
      return path >>> 16 >= rs_exec.bytes && (path >>> 16) + (path & 0xffff) <= length
    }
    case 4:
      return rs_open.bytes + ((words[record + OPEN_PATH_WORD] as number) >>> 16) <= length
    case 8:
      return rs_load.bytes + (words[record + PAD_WORD] as number) <= length
    default:
      return true
  }
}
