/**
 * One slot's rings, oldest first, and the rule by which a swap loses nothing and keeps every stream's order. Knows
 * readers by their interface alone, so that it can be tested without a kernel.
 *
 * The snapshot rule: a pass notes how far each ring is written, newest first, and then reads them oldest first up to
 * there. What a stream has put into the new ring before its note was preceded by all that it has put into the old one;
 * and that stands before the old one's note, which was taken later. So the new ring is read only when the old one is
 * empty up to its note, and a busy record at the head of the old one holds it back.
 */
import type { RingState } from '../source.ts'

/** What is used of `Reader` of @ringside/native. */
export interface LaneReader {
  readonly capacityBytes: number
  readonly fault: boolean
  consume(into: Uint8Array, until?: number): number
  producer(): number
  consumer(): number
  busy(): boolean
}

/** How readers come and go. */
export interface ReaderPool<R extends LaneReader> {
  open(handle: number): R
  letGo(reader: R): void
}

interface Held<R> {
  readonly handle: number
  readonly reader: R
  /** Up to where the pass may read. */
  noted: number
  /** No program can write to it any more. */
  sealed: boolean
}

export class Lane<R extends LaneReader> {
  readonly #pool: ReaderPool<R>
  readonly #rings: Held<R>[] = []
  /** The last ring is adopted, and nobody has said yet whether it is in the slot. */
  #undecided = false
  /** Bytes that went through rings that are let go. */
  #pastBytes = 0

  /** @param handle the ring that is in the slot now; null: none */
  constructor(pool: ReaderPool<R>, handle: number | null) {
    this.#pool = pool
    if (handle !== null) this.#hold(handle)
  }

  /** A ring that is about to be put into the slot. */
  adopt(handle: number): void {
    this.#hold(handle)
    this.#undecided = true
  }

  /** The ring adopted last is in the slot, and no program holds an older one. */
  swapped(): void {
    this.#undecided = false
    for (const ring of this.#rings.slice(0, -1)) ring.sealed = true
  }

  /** The ring adopted last was never put into the slot. */
  abandoned(): void {
    if (!this.#undecided) return
    this.#undecided = false
    const last = this.#rings.pop()
    if (last) this.#pool.letGo(last.reader)
  }

  note(): void {
    for (const ring of this.#rings.toReversed()) ring.noted = ring.reader.producer()
  }

  /** @returns bytes written into `chunk` */
  read(chunk: Uint8Array): number {
    for (const { reader, noted } of this.#rings) {
      const bytes = reader.consume(chunk, noted)
      if (bytes > 0) return bytes
      // A faulty ring is never empty: what is left in it is lost, and shows as a gap.
      if (!reader.fault && reader.consumer() < noted) return 0
    }
    return 0
  }

  /** Lets go of rings that are empty for good, and returns their handles. */
  retire(): number[] {
    const retired: number[] = []
    for (let oldest = this.#rings[0]; oldest && this.#isDone(oldest); oldest = this.#rings[0]) {
      this.#pastBytes += oldest.reader.producer()
      this.#pool.letGo(oldest.reader)
      this.#rings.shift()
      retired.push(oldest.handle)
    }
    return retired
  }

  /** Positions count on over swaps, so that differences stay true; both rings of a swap are in them. */
  state(): RingState | null {
    const rings = this.#rings
    const written = rings.findLast(
      ({ reader }, at) => at === 0 || rings[at - 1]?.sealed === true || reader.producer() > 0,
    )
    if (!written) return null
    // Consumers first: they only move towards the producers, so that the difference is never negative.
    const consumer = rings.reduce((sum, { reader }) => sum + reader.consumer(), this.#pastBytes)
    return {
      capacityBytes: written.reader.capacityBytes,
      producer: rings.reduce((sum, { reader }) => sum + reader.producer(), this.#pastBytes),
      consumer,
      busy: rings.some(({ reader }) => reader.busy()),
      fault: rings.some(({ reader }) => reader.fault),
    }
  }

  close(): void {
    for (const { reader } of this.#rings.splice(0)) this.#pool.letGo(reader)
  }

  #hold(handle: number): void {
    this.#rings.push({ handle, reader: this.#pool.open(handle), noted: 0, sealed: false })
  }

  #isDone({ reader, sealed }: Held<R>): boolean {
    return sealed && (reader.fault || reader.consumer() === reader.producer())
  }
}
