/**
 * Where chunks are read into, and their good records on their way through ingest. A chunk that some demand keeps rows of
 * stays where it is until the flush, so that no record is copied for it; what is held back longer is moved together then.
 * No object per record.
 */
import { EVENT_TYPES } from '@ringside/protocol'
import { ABI, ringBytes, SMALLEST_RECORD_BYTES } from '../source/abi.ts'
import { RowList } from './row-list.ts'
import { sizeOf, timeOf, typeOf } from './scan.ts'
import { COMPLETION, type SocketTable } from './sockets.ts'

/** Records in one chunk, at most. [RNG-2] */
export const CHUNK_RECORDS = 4096
/** Bytes of the largest chunk. */
export const READ_BYTES = CHUNK_RECORDS * ringBytes(SMALLEST_RECORD_BYTES)

const TCP = EVENT_TYPES.tcp
/** Times of one chunk are compared with each other only: that they are rounded after 104 days does no harm. */
const ZERO = { hi: 0, lo: 0 }
const CHUNK_WORDS = READ_BYTES / 4
const MAX_TCP = Math.ceil(READ_BYTES / ringBytes(ABI.structs.rs_tcp.bytes))
/** What one chunk and its completions take at most. */
const ROOM_WORDS = CHUNK_WORDS + MAX_TCP * COMPLETION.words
const FIRST_WORDS = 2 * ROOM_WORDS
/** Beyond this the window is flushed early. */
const FULL_WORDS = 4 * 1024 * 1024

/**
 * The two words before a record. While it stands in a chunk the first holds its length and the second nothing; of a
 * record that is held the second is the word of its completion, or 0, and the first says how far it is told.
 */
const MARK = -2
const COMPLETED = -1
/** Set in the mark of a record that was moved; the rest is where to. No length and no mark has it. */
const MOVED = 0x8000_0000

export class Records {
  words = new Uint32Array(FIRST_WORDS)
  u8 = new Uint8Array(this.words.buffer)
  /** What a feed reads into. */
  chunk = this.u8.subarray(0, READ_BYTES)
  /** Word index of each record; filled by the scanner. */
  readonly at: Uint32Array
  /** Per record: word of its COMPLETION, or 0. */
  readonly completion: Uint32Array
  count = 0
  slot = 0
  /** Word where the chunk begins. */
  from = 0
  /** Records that were found to be held since `beginCount`. */
  held = 0
  #heldWords = 0
  /** Where the chunk and its completions end. */
  #end = 0
  #mark = 1
  #moved = new Uint32Array(0)
  #movedWords = 0
  /** TCP records of the chunk. */
  readonly #tcp = new RowList()
  #sockets: SocketTable | null = null

  constructor(at: Uint32Array) {
    this.at = at
    this.completion = new Uint32Array(at.length)
  }

  get full(): boolean {
    return this.from >= FULL_WORDS
  }

  /** More than half of what makes it full is held. */
  get crowded(): boolean {
    return this.from * 2 >= FULL_WORDS
  }

  /**
   * Completes the TCP records from what their sockets told before, by time: a chunk may be of several CPUs, one after the
   * other. @param bytes of the chunk
   */
  complete(sockets: SocketTable, bytes = READ_BYTES): void {
    this.#sockets = sockets
    const { words, at, completion, count } = this
    const tcp = this.#tcp
    tcp.count = 0
    for (let index = 0; index < count; index += 1) {
      const record = at[index] as number
      completion[index] = 0
      if (typeOf(words, record) === TCP) tcp.push(index, timeOf(words, record, ZERO))
    }
    this.#end = this.from + ((bytes + 7) >>> 3) * 2
    if (tcp.count === 0) return
    tcp.sort()
    for (let row = 0; row < tcp.count; row += 1) {
      const index = tcp.at(row)
      sockets.complete(words, at[index] as number, words, this.#end)
      completion[index] = this.#end
      this.#end += COMPLETION.words
    }
  }

  /** The chunk stays where it is, and the next one is read behind it. */
  hold(): void {
    const { words, at, completion, count } = this
    for (let index = 0; index < count; index += 1) {
      words[(at[index] as number) + COMPLETED] = completion[index] as number
    }
    this.#begin(this.#end + (this.#end & 1))
  }

  /** Word of a held record's COMPLETION, or 0: with what has been read since. */
  completionOf(record: number): number {
    const completion = this.words[record + COMPLETED] as number
    if (completion !== 0) this.#sockets?.refill(this.words, record, completion)
    return completion
  }

  /** Those that are still needed are told by `count` from here on, each at least once. */
  beginCount(): void {
    this.#mark = this.#mark === 1 ? 2 : 1
    this.held = 0
    this.#heldWords = 0
  }

  countHeld(record: number): void {
    const { words } = this
    if (words[record + MARK] === this.#mark) return
    words[record + MARK] = this.#mark
    this.held += 1
    this.#heldWords += this.#wordsOf(record)
  }

  /** Moving costs a copy: it is worth it once most of the memory is no longer needed. */
  get isWorthMoving(): boolean {
    return this.#heldWords * 2 < this.from
  }

  /** @returns where the record will stand after `endMove`; to be called for all that were counted */
  move(record: number): number {
    const { words } = this
    const mark = words[record + MARK] as number
    if ((mark & MOVED) !== 0) return (mark & ~MOVED) >>> 0
    if (this.#movedWords + this.#wordsOf(record) > this.#moved.length) this.#growMoved()
    const moved = this.#moved
    const size = (sizeOf(words, record) + 3) >>> 2
    const to = this.#movedWords - MARK
    for (let word = 0; word < size; word += 1) moved[to + word] = words[record + word] as number
    const completion = words[record + COMPLETED] as number
    const behind = to + size
    for (let word = 0; completion > 0 && word < COMPLETION.words; word += 1) {
      moved[behind + word] = words[completion + word] as number
    }
    moved[to + MARK] = this.#mark
    moved[to + COMPLETED] = completion === 0 ? 0 : behind
    words[record + MARK] = (MOVED | to) >>> 0
    this.#movedWords += this.#wordsOf(record)
    return to
  }

  /** All that was not moved is forgotten. */
  endMove(): void {
    this.words.set(this.#moved.subarray(0, this.#movedWords))
    const end = this.#movedWords
    this.#movedWords = 0
    this.#begin(end)
  }

  /** What a held record takes when it is moved, a multiple of two. */
  #wordsOf(record: number): number {
    const completion = this.words[record + COMPLETED] === 0 ? 0 : COMPLETION.words
    const words = ((sizeOf(this.words, record) + 3) >>> 2) + completion - MARK
    return words + (words & 1)
  }

  #begin(from: number): void {
    this.from = from
    if (from + ROOM_WORDS > this.words.length) {
      const words = new Uint32Array(this.words.length * 2)
      words.set(this.words)
      this.words = words
      this.u8 = new Uint8Array(words.buffer)
    }
    this.chunk = this.u8.subarray(from * 4, from * 4 + READ_BYTES)
  }

  #growMoved(): void {
    const moved = new Uint32Array(Math.max(FIRST_WORDS, this.#moved.length * 2))
    moved.set(this.#moved)
    this.#moved = moved
  }
}
