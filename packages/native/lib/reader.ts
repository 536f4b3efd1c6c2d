/** The one reader of a ring, for one thread. Knows lengths, never what a record means. */
import { addon, type NativeReader } from './addon.ts'
import { checkBytes, checkInteger, refuse } from './arguments.ts'

const HANDLE_MAX = 2 ** 32 - 1

export class Reader {
  /** The handle of its ring. */
  readonly ring: number
  readonly capacityBytes: number
  readonly #native: NativeReader

  private constructor(ring: number, native: NativeReader) {
    this.ring = ring
    this.#native = native
    this.capacityBytes = native.capacity()
  }

  /** Takes the handle of a ring made in any thread. Throws EBUSY while the ring has another reader. */
  static open(ring: number): Reader {
    checkInteger('open a reader', 'handle', ring, 1, HANDLE_MAX)
    return new Reader(ring, new addon.Reader(ring))
  }

  /**
   * Copies whole records, each behind its 8-byte ring header (u32 length, u32 page offset) and padded to 8, into
   * `into`, until the position `until` (default: what is there now), a busy record, or the end of `into`. Discarded
   * records are passed over. The room is given back at least every 32 KiB. Positions or lengths that cannot be set
   * `fault`; from then on nothing is read, and nothing is repaired.
   * @returns bytes written; throws ENOBUFS when not even the first record fits
   */
  consume(into: Uint8Array, until?: number): number {
    checkBytes('consume', 'into', into)
    if (until !== undefined && !(until >= 0)) refuse('consume', '`until` must be a position')
    return this.#native.consume(into, until)
  }

  /** Where the next record will begin: bytes since the ring was made. */
  producer(): number {
    return this.#native.producer()
  }

  /** Up to where this reader has given back. */
  consumer(): number {
    return this.#native.consumer()
  }

  /** The head record is reserved and not committed: it hides all behind it. */
  busy(): boolean {
    return this.#native.busy()
  }

  get fault(): boolean {
    return this.#native.fault()
  }

  close(): void {
    this.#native.close()
  }
}
