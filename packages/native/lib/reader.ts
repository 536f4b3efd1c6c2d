/** The one reader of a buffer, for one thread. Knows lengths, never what a record means. */
import { addon, type NativeReader } from './addon.ts'
import { checkBytes, checkInteger, refuse } from './arguments.ts'

const HANDLE_MAX = 2 ** 32 - 1

/** What the readers of rings and of perf buffers have in common. */
export abstract class BufferReader {
  /** The handle of its buffer. */
  readonly handle: number
  readonly capacityBytes: number
  protected readonly native: NativeReader

  protected constructor(handle: number, kind: 'ring' | 'perf') {
    checkInteger('open a reader', 'handle', handle, 1, HANDLE_MAX)
    this.handle = handle
    this.native = new addon.Reader(handle, kind)
    this.capacityBytes = this.native.capacity()
  }

  /**
   * Copies whole records, each behind an 8-byte header (u32 length, u32 of no meaning) and padded to 8, into `into`,
   * until the position `until` (default: what is there now), a busy record, or the end of `into`. What is no event is
   * passed over. The room is given back at least every 32 KiB. Positions or lengths that cannot be set `fault`; from
   * then on nothing is read, and nothing is repaired.
   * @returns bytes written; throws ENOBUFS when not even the first record fits
   */
  consume(into: Uint8Array, until?: number): number {
    checkBytes('consume', 'into', into)
    if (until !== undefined && !(until >= 0)) refuse('consume', '`until` must be a position')
    return this.native.consume(into, until)
  }

  /** Where the next record will begin: bytes since the buffer was made. */
  producer(): number {
    return this.native.producer()
  }

  /** Up to where this reader has given back. */
  consumer(): number {
    return this.native.consumer()
  }

  /** The head record is reserved and not committed: it hides all behind it. Never so in a perf buffer. */
  busy(): boolean {
    return this.native.busy()
  }

  get fault(): boolean {
    return this.native.fault()
  }

  close(): void {
    this.native.close()
  }
}

export class Reader extends BufferReader {
  /** Takes the handle of a ring made in any thread. Throws EBUSY while the ring has another reader. */
  static open(ring: number): Reader {
    return new Reader(ring, 'ring')
  }
}
