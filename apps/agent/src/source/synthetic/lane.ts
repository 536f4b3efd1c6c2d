/**
 * The rings of one slot, from the reader's side: usually one, two while a swap drains. The old one is emptied before
 * the new one is read, and of the new one only what stood in it when the pass began.
 */
import type { RingState } from '../source.ts'
import { ByteRing } from './byte-ring.ts'
import { capacityOf } from './shared.ts'

export class Lane {
  /** Oldest first; the last one is written. */
  readonly #rings: ByteRing[] = []
  #adopted: ByteRing | null = null
  #noted = 0
  /** How many of the older rings get nothing new any more. */
  #final = 0

  constructor(handle: number | null) {
    if (handle !== null) this.#rings.push(new ByteRing(handle, capacityOf(handle)))
  }

  get written(): ByteRing | null {
    return this.#rings.at(-1) ?? null
  }

  adopt(handle: number): void {
    this.#adopted = new ByteRing(handle, capacityOf(handle))
  }

  abandon(): void {
    this.#adopted = null
  }

  hasAdopted(handle: number): boolean {
    return this.#adopted?.handle === handle
  }

  /** The adopted ring is the one that is written from now on. */
  swap(): ByteRing | null {
    const ring = this.#adopted
    if (ring === null) return this.written
    /* Nothing will have to be let go, although `swapped` is told. */
    if (this.written === null) this.#final -= 1
    this.#rings.push(ring)
    this.#adopted = null
    this.#noted = 0
    return ring
  }

  swapped(): void {
    this.#final += 1
  }

  note(): void {
    this.#noted = this.written?.producer ?? 0
  }

  read(chunk: Uint8Array): number {
    for (const ring of this.#rings) {
      const bytes = ring.read(chunk, ring === this.written ? this.#noted : ring.producer)
      if (bytes > 0 || !ring.empty) return bytes
    }
    return 0
  }

  state(): RingState | null {
    const { written } = this
    if (written === null) return null
    const older = this.#rings.slice(0, -1).reduce((sum, ring) => sum + ring.usedBytes, 0)
    return {
      capacityBytes: written.capacityBytes,
      producer: written.producer + older,
      consumer: written.consumer,
      busy: this.#rings.find((ring) => !ring.empty)?.busy ?? false,
      fault: false,
    }
  }

  /** Handles of rings that are final and empty; they are let go. */
  retire(): number[] {
    const handles: number[] = []
    while (this.#final > 0 && this.#rings.length > 1 && (this.#rings[0] as ByteRing).empty) {
      handles.push((this.#rings.shift() as ByteRing).handle)
      this.#final -= 1
    }
    return handles
  }
}
