/**
 * One slot's buffers, oldest first, and the rule by which a swap loses nothing and keeps every stream's order. Knows
 * readers by their interface alone, so that it can be tested without a kernel.
 *
 * A buffer has parts: one ring, or one ring or perf buffer per CPU. A CPU's streams stand in one part of it, so that the
 * order of parts does not matter to them.
 *
 * The snapshot rule: a pass notes how far each part is written, those of the newest buffer first, and then reads the
 * buffers oldest first up to there. What a stream has put into the new buffer before its note was preceded by all that
 * it has put into the old one; and that stands before the old one's note, which was taken later. So the new buffer is
 * read only when every part of the old one is empty up to its note, and a busy record at the head of one holds it back.
 */
import { LARGEST_RECORD_BYTES, ringBytes } from '../abi.ts'
import type { BufferHandle, BusyHead, RingState } from '../source.ts'

/** What is used of `Reader` and `PerfReader` of @ringside/native. */
export interface LaneReader {
  readonly capacityBytes: number
  readonly fault: boolean
  consume(into: Uint8Array, until?: number): number
  producer(): number
  consumer(): number
  busy(): boolean
  /** Samples that it was told to be lost; a ring tells nothing. */
  lost?(): number
}

/** How readers come and go. */
export interface ReaderPool<R extends LaneReader> {
  open(part: number): R
  letGo(reader: R): void
}

interface Part<R> {
  /** No other part of the slot has it, or had it. */
  readonly number: number
  readonly reader: R
  /** Up to where the pass may read. */
  noted: number
  /** The pass has asked it to read: this is where a reader finds out that positions cannot be. [RNG-5] */
  asked: boolean
}

interface Held<R> {
  readonly handle: number
  readonly parts: readonly Part<R>[]
  /** No program can write to it any more. */
  sealed: boolean
}

/** With less room than this left in a chunk the next part may have a record that does not fit. */
const ROOM_FOR_ANY = ringBytes(LARGEST_RECORD_BYTES + 7)

export class Lane<R extends LaneReader> {
  readonly #pool: ReaderPool<R>
  readonly #buffers: Held<R>[] = []
  /** The last buffer is adopted, and nobody has said yet whether it is in the slot. */
  #undecided = false
  /** Bytes that went through buffers that are let go, and what these told to be lost. */
  #pastBytes = 0
  #pastLost = 0
  /** Parts that were ever held. */
  #partsHeld = 0
  /** The part that is read first: after one that fills a chunk the others have their turn. */
  #first = 0

  /** @param buffer the one that is in the slot now; null: none */
  constructor(pool: ReaderPool<R>, buffer: BufferHandle | null) {
    this.#pool = pool
    if (buffer !== null) this.#hold(buffer)
  }

  /** A buffer that is about to be put into the slot. */
  adopt(buffer: BufferHandle): void {
    this.#hold(buffer)
    this.#undecided = true
  }

  /** The buffer adopted last is in the slot, and no program holds an older one. */
  swapped(): void {
    this.#undecided = false
    for (const buffer of this.#buffers.slice(0, -1)) buffer.sealed = true
  }

  /** The buffer adopted last was never put into the slot. */
  abandoned(): void {
    if (!this.#undecided) return
    this.#undecided = false
    const last = this.#buffers.pop()
    if (last) this.#letGo(last)
  }

  /** The slot has no buffer any more, and no program holds one. */
  removed(): void {
    for (const buffer of this.#buffers) buffer.sealed = true
  }

  note(): void {
    const buffers = this.#buffers
    for (let at = buffers.length - 1; at >= 0; at -= 1) {
      for (const part of (buffers[at] as Held<R>).parts) {
        part.noted = part.reader.producer()
        part.asked = false
      }
    }
  }

  /** @returns bytes written into `chunk`, which may be of several parts of one buffer */
  read(chunk: Uint8Array): number {
    for (const { parts } of this.#buffers) {
      const bytes = this.#readParts(parts, chunk)
      if (bytes > 0 || !parts.every(isReadOut)) return bytes
    }
    return 0
  }

  /** Lets go of buffers that are empty for good, and returns their handles. */
  retire(): number[] {
    const retired: number[] = []
    for (let oldest = this.#buffers[0]; oldest && isDone(oldest); oldest = this.#buffers[0]) {
      this.#pastBytes += sumOf(oldest.parts, ({ reader }) => reader.consumer() + usedOf(reader, reader.consumer()))
      this.#pastLost += sumOf(oldest.parts, lostOf)
      this.#letGo(oldest)
      this.#buffers.shift()
      retired.push(oldest.handle)
    }
    return retired
  }

  /** Positions count on over swaps, so that differences stay true; both buffers of a swap are in them. */
  state(): RingState | null {
    const buffers = this.#buffers
    const written = buffers.findLast(
      ({ parts }, at) => at === 0 || buffers[at - 1]?.sealed === true || parts.some((part) => producerOf(part) > 0),
    )
    if (!written) return null
    let producer = this.#pastBytes
    let consumer = this.#pastBytes
    let toldLost = this.#pastLost
    const busyHeads: BusyHead[] = []
    let readable = false
    /** All older buffers are read out. */
    let hasTurn = true
    let faultyParts = 0
    let sound = 0
    let fullest = 0
    let room = 0
    for (const buffer of buffers) {
      let isLeft = false
      for (const { number, reader } of buffer.parts) {
        // The consumer first: it only moves towards the producer, so that the difference is never negative.
        const consumed = reader.consumer()
        const used = usedOf(reader, consumed)
        consumer += consumed
        producer += consumed + used
        toldLost += reader.lost?.() ?? 0
        if (reader.fault) {
          faultyParts += 1
          continue
        }
        sound += 1
        const isBusy = used > 0 && reader.busy()
        if (isBusy) busyHeads.push({ part: number, at: consumed })
        readable ||= hasTurn && used > 0 && !isBusy
        isLeft ||= used > 0
        if (buffer !== written) continue
        fullest = Math.max(fullest, used)
        room = Math.max(room, reader.capacityBytes - used)
      }
      hasTurn &&= !isLeft
    }
    return {
      parts: written.parts.length,
      capacityBytes: sumOf(written.parts, ({ reader }) => reader.capacityBytes),
      fullestBytes: fullest * written.parts.length,
      roomBytes: room,
      toldLost: written.parts[0]?.reader.lost === undefined ? null : toldLost,
      producer,
      consumer,
      readable,
      busyHeads,
      faultyParts,
      fault: sound === 0,
    }
  }

  close(): void {
    for (const buffer of this.#buffers.splice(0)) this.#letGo(buffer)
  }

  #readParts(parts: readonly Part<R>[], chunk: Uint8Array): number {
    let bytes = 0
    for (let turn = 0; turn < parts.length; turn += 1) {
      const at = (this.#first + turn) % parts.length
      const part = parts[at] as Part<R>
      if (part.reader.fault || (part.asked && isReadOut(part))) continue
      part.asked = true
      bytes += part.reader.consume(bytes === 0 ? chunk : chunk.subarray(bytes), part.noted)
      if (chunk.length - bytes < ROOM_FOR_ANY) {
        this.#first = at + 1
        break
      }
    }
    return bytes
  }

  /** All parts or none: what was opened of a buffer that cannot be read as a whole is closed again. */
  #hold({ handle, parts }: BufferHandle): void {
    const held: Part<R>[] = []
    try {
      for (const part of parts) {
        this.#partsHeld += 1
        held.push({ number: this.#partsHeld, reader: this.#pool.open(part), noted: 0, asked: false })
      }
    } catch (error) {
      for (const { reader } of held) this.#pool.letGo(reader)
      throw error
    }
    this.#buffers.push({ handle, parts: held, sealed: false })
  }

  #letGo({ parts }: Held<R>): void {
    for (const { reader } of parts) this.#pool.letGo(reader)
  }
}

/** A faulty part is never empty: what is left in it is lost, and shows as a gap. */
function isReadOut({ reader, noted }: Part<LaneReader>): boolean {
  return reader.consumer() >= noted || reader.fault
}

function isDone({ sealed, parts }: Held<LaneReader>): boolean {
  return sealed && parts.every(({ reader }) => reader.fault || reader.consumer() === reader.producer())
}

/** What stands in a part; of one that cannot be read no more than it holds, whatever its positions say. */
function usedOf(reader: LaneReader, consumed: number): number {
  return Math.max(0, Math.min(reader.producer() - consumed, reader.capacityBytes))
}

function producerOf({ reader }: Part<LaneReader>): number {
  return reader.producer()
}

function lostOf({ reader }: Part<LaneReader>): number {
  return reader.lost?.() ?? 0
}

function sumOf<R>(parts: readonly Part<R>[], value: (part: Part<R>) => number): number {
  return parts.reduce((sum, part) => sum + value(part), 0)
}
