/**
 * Where records come from. Two halves, since two threads use them: the host's half changes things (main thread), the
 * feed's half reads (ingest thread). A kernel and a synthetic source stand behind the same two interfaces, speak the
 * same bytes (packages/bpf/include/abi.h) and obey the same laws.
 */
import type { Hello } from '@ringside/protocol'

/** One buffer as the reader sees it now. Positions are bytes since the ring was made; exact below 2^53. */
export interface RingState {
  capacityBytes: number
  producer: number
  consumer: number
  /** The head record is reserved and not committed: it hides all behind it. */
  busy: boolean
  /** Positions or lengths that cannot be: this ring is no longer read. */
  fault: boolean
}

/** What the main thread hands to a new ingest thread; survives structured clone. */
export type FeedDescriptor =
  | {
      kind: 'kernel'
      cpus: number
      rowsFd: number
      wakeFd: number
      /** Process-wide handles of native rings, by slot; null: no buffer. */
      rings: (number | null)[]
      waker: number
    }
  | {
      kind: 'synthetic'
      cpus: number
      seed: number
      eventsPerSecond: number
      shared: SharedArrayBuffer
      rings: (number | null)[]
    }

/** The reading half. Every method is called from the ingest thread only. */
export interface SourceFeed {
  readonly cpus: number
  /** Blocks until data may be there, `wake()` was called from another thread, or the time has passed. */
  wait(timeoutMicros: number): void
  /** Tells the producers that the reader is about to block (they wake it at `wake_bytes`), or that it is back. */
  setAsleep(asleep: boolean): void
  /** Notes positions: what `read` may take in this pass (the snapshot rule of a swap). */
  beginPass(): void
  /**
   * Copies whole records of a slot, each behind its 8-byte ring header (u32 length with busy and discard bits, u32
   * page offset) and padded to 8, into `chunk`; stops at a busy record, at the pass's noted position and when the next
   * record does not fit. During a swap the old ring is emptied before the new one is read.
   * @returns bytes written, 0 when there is nothing (or nothing yet) to take
   */
  read(slot: number, chunk: Uint8Array): number
  /** The ring that is written now; null where the slot has none. While a swap drains, `usedBytes` of both count. */
  state(slot: number): RingState | null
  /**
   * Copies all rows (cpus × RS_ROWS × struct rs_row) into `rows`; each 64-bit word is read once. What is behind
   * ROW_BYTES_IN_USE of each row may be left as it is.
   */
  rows(rows: Uint8Array): void
  /** A ring that is about to be put into a slot: read after the old one is empty. */
  adopt(slot: number, handle: number): void
  /** The slot's old ring gets nothing new any more: `retired` says when it is empty and let go. */
  swapped(slot: number): void
  /** The ring adopted last was not put into the slot after all: it is forgotten, and the host closes it. */
  abandoned(slot: number): void
  /** Handles that were emptied and let go since the last call; the host may close them. */
  retired(): number[]
  close(): void
}

/** The changing half. Every method is called from the main thread only, and none blocks it for long. */
export interface SourceHost {
  readonly kind: Hello['source']
  readonly cpus: number
  /** This process's thread group id as the records name it (in the initial pid namespace); 0: it makes no events. */
  readonly agentPid: number
  feed(): FeedDescriptor
  /** Wakes a feed that blocks in `wait`. */
  wake(): void
  /** The control block (struct rs_control), read back from where the programs read it. */
  readControl(): Uint8Array
  writeControl(offset: number, bytes: Uint8Array): void
  /** Makes a ring off the main thread; rejects with a typed error and changes nothing. */
  createRing(bytes: number): Promise<{ handle: number; capacityBytes: number }>
  /** Puts a ring into a slot. Resolves when no program holds the old one any more (waits for RCU, off the main thread). */
  installRing(slot: number, handle: number): Promise<void>
  closeRing(handle: number): void
  /** Runs skipped by the kernel since the start (recursion_misses), or null where it does not tell. */
  missed(): number | null
  /** Detaches, closes. Idempotent. */
  close(): Promise<void>
}
