/**
 * One pass over a chunk of records as 32-bit words: counts what was consumed per (slot, type), tells good records from
 * malformed ones, and checks the numbers. No object per record, no BigInt, no meaning beyond the record header.
 */
import { ABI, LIMITS, RING_HEADER } from '../source/abi.ts'
import { isKnownType, MAX_BYTES, MIN_BYTES, tailFits, VERSIONS } from './layouts.ts'
import { type GapListener, Sequence } from './sequence.ts'

/** Largest chunk that a scanner takes. */
export const CHUNK_BYTES = 256 * 1024

/** CLOCK_MONOTONIC ns of time 0, as two words: times stay exact in doubles however long the host has been up. */
export interface TimeZero {
  hi: number
  lo: number
}

/** Why a record cannot be decoded: the first of these that is wrong. */
export type Malformation = 'short' | 'type' | 'version' | 'place' | 'size' | 'tail'

/** Called for each malformed record. @param length bytes from word `record` on that were delivered */
export type MalformedListener = (
  words: Uint32Array,
  record: number,
  length: number,
  slot: number,
  reason: Malformation,
) => void

const { rs_header } = ABI.structs
const HEADER_BYTES = rs_header.bytes
const TWO_32 = 2 ** 32

/* Words of a record, counted from its first. Version and type share one, as do CPU, level and slot. */
const TYPE_WORD = rs_header.members.version / 4
const SIZE_WORD = rs_header.members.size / 4
const PLACE_WORD = rs_header.members.cpu / 4
const RATE_WORD = rs_header.members.rate / 4
const SEQ_WORD = rs_header.members.seq / 4
const TIME_WORD = rs_header.members.time / 4
/** A perf buffer delivers up to this much behind a record. */
const SLACK_BYTES = 7
/* Of the word of CPU, level and slot: the slot, and the bits that no level has. */
const LEVEL_BITS = 18
const SLOT_AND_LEVEL = 0xfffc_0000
/* Of the word of version and type: bits that neither has which the tables know. */
const NO_SUCH_KIND = 0xfff0_fffc

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

/** Version of the layout of the record at word `at`. */
export function versionOf(words: Uint32Array, at: number): number {
  return (words[at + TYPE_WORD] as number) & 0xffff
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
  /** Per slot: bytes of its buffer taken, headers and padding included. */
  readonly consumedBytes = new Float64Array(LIMITS.slots)
  /** Word index of each good record of the last chunk. */
  readonly at = new Uint32Array(CHUNK_BYTES / (HEADER_BYTES + RING_HEADER.bytes))
  readonly #goodByType = new Uint32Array(LIMITS.types)
  readonly #zero: TimeZero
  readonly #onMalformed: MalformedListener

  constructor(
    cpus: number,
    zero: TimeZero = { hi: 0, lo: 0 },
    onGap?: GapListener,
    onMalformed: MalformedListener = () => {},
  ) {
    this.sequence = new Sequence(cpus, onGap)
    this.#zero = zero
    this.#onMalformed = onMalformed
  }

  /**
   * Total: whatever the bytes, each record is decoded or malformed.
   * @param words the chunk, ring headers included, as `SourceFeed.read` wrote it
   * @param bytes how much of it is filled
   * @param slot where it was read from
   * @param from word where the chunk begins
   * @returns how many good records there are; `at` tells where
   */
  scan(words: Uint32Array, bytes: number, slot: number, from = 0): number {
    const { sequence, at } = this
    const { cpus, last, lastNs } = sequence
    const zero = this.#zero
    const goodByType = this.#goodByType.fill(0)
    const end = from + (bytes >>> 2)
    const firstStream = slot * cpus * LIMITS.levels
    let good = 0
    let next = from
    while (next < end) {
      const record = next + 2
      const length = (words[next] as number) & RING_HEADER.lengthMask
      next = record + (((length + 7) >>> 3) << 1)
      if (((words[record - 2] as number) & RING_HEADER.discardBit) !== 0) continue
      if (length < HEADER_BYTES || next > end) {
        this.#refuse(words, record, Math.min(length, Math.max(0, end - record) * 4), slot, 'short')
        continue
      }
      const place = placeWord(words, record)
      const cpu = place & 0xffff
      const placed = (place & SLOT_AND_LEVEL) >>> LEVEL_BITS === slot << (24 - LEVEL_BITS) && cpu < cpus
      /* The header is the same in every version: what is opaque has arrived all the same. */
      if (placed) {
        const stream = firstStream + cpu * LIMITS.levels + (place >>> 16) - (slot << 8)
        const number = numberOf(words, record)
        const timeNs = timeOf(words, record, zero)
        if (number === (last[stream] as number) + 1) {
          last[stream] = number
          lastNs[stream] = timeNs
        } else sequence.note(stream, number, timeNs)
      }
      const kind = words[record + TYPE_WORD] as number
      const type = kind >>> 16
      const version = kind & 0xffff
      const layout = type * VERSIONS + version
      const size = sizeOf(words, record)
      if (
        placed &&
        (kind & NO_SUCH_KIND) === 0 &&
        (length - size) >>> 0 <= SLACK_BYTES &&
        size >= (MIN_BYTES[layout] as number) &&
        size <= (MAX_BYTES[layout] as number) &&
        tailFits(words, record, type, version, size)
      ) {
        goodByType[type] = (goodByType[type] as number) + 1
        at[good++] = record
      } else this.#refuse(words, record, length, slot, malformationOf(words, record, length, placed))
    }
    this.#countGood(slot)
    this.consumedBytes[slot] = (this.consumedBytes[slot] as number) + bytes
    return good
  }

  #countGood(slot: number): void {
    for (let type = 1; type < LIMITS.types; type += 1) {
      const cell = slot * LIMITS.types + type
      const good = this.#goodByType[type] as number
      this.consumed[cell] = (this.consumed[cell] as number) + good
      this.decoded[cell] = (this.decoded[cell] as number) + good
    }
  }

  #refuse(words: Uint32Array, record: number, length: number, slot: number, reason: Malformation): void {
    const type = length >= 4 ? typeOf(words, record) : 0
    const cell = slot * LIMITS.types + (isKnownType(type) ? type : 0)
    this.consumed[cell] = (this.consumed[cell] as number) + 1
    this.malformed[cell] = (this.malformed[cell] as number) + 1
    this.#onMalformed(words, record, length, slot, reason)
  }
}

/** Of a record that has a whole header and is not good. */
function malformationOf(words: Uint32Array, record: number, length: number, placed: boolean): Malformation {
  const type = typeOf(words, record)
  if (!isKnownType(type)) return 'type'
  const version = versionOf(words, record)
  const layout = type * VERSIONS + version
  if (version >= VERSIONS || MIN_BYTES[layout] === 0) return 'version'
  if (!placed) return 'place'
  const size = sizeOf(words, record)
  const fits = size <= length && size + SLACK_BYTES >= length
  const allowed = size >= (MIN_BYTES[layout] as number) && size <= (MAX_BYTES[layout] as number)
  return fits && allowed ? 'tail' : 'size'
}
