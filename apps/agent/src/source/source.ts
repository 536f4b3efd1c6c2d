/**
 * Where records come from. Two halves, since two threads use them: the host's half changes things (main thread), the
 * feed's half reads (ingest thread). A kernel and a synthetic source stand behind the same two interfaces, speak the
 * same bytes (packages/bpf/include/abi.h) and obey the same laws.
 */
import type { FilterRule, Hello, Settings, Transport } from '@ringside/protocol'

/** One ring, or one per CPU: what stands in a slot. */
export type Sharding = Settings['slots'][keyof Settings['slots']]['sharding']

/** A buffer as it is handed from the host to the feed; survives structured clone. */
export interface BufferHandle {
  handle: number
  /** Process-wide handles of native rings or perf buffers: one, or one per CPU in the order of CPUs. */
  parts: readonly number[]
}

export interface Buffer extends BufferHandle {
  /** Of all parts together: what was asked for, or less where that does not divide into parts. */
  capacityBytes: number
}

/** A buffer that is asked for: bytes of the whole. Parts are powers of two, so that the one made may be smaller. */
export interface BufferWish {
  bytes: number
  sharding: Sharding
}

/** A record that is reserved and not committed, at the head of a part: it hides all behind it in this part. */
export interface BusyHead {
  /** The part's own number, which no other part of the slot has or had. */
  part: number
  /** The part's consumer position. */
  at: number
}

/** One slot's buffer as the reader sees it now. Positions are sums over its parts, in bytes since the slot was first used; exact below 2^53. */
export interface RingState {
  parts: number
  /** Of all parts together. */
  capacityBytes: number
  /** Fill of the fullest part that can be read, as bytes of the whole: what watermarks are compared with. */
  fullestBytes: number
  /** Free bytes of the emptiest part. */
  roomBytes: number
  /** Samples that perf buffers told to be lost; null for rings, which tell nothing. */
  toldLost: number | null
  producer: number
  consumer: number
  /** Something stands in a part that can be read now. */
  readable: boolean
  busyHeads: readonly BusyHead[]
  /** Parts whose positions or lengths cannot be: they are no longer read, the others are. */
  faultyParts: number
  /** No part can be read any more. */
  fault: boolean
}

/** What the main thread hands to a new ingest thread; survives structured clone. */
export type FeedDescriptor =
  | {
      kind: 'kernel'
      transport: Transport
      cpus: number
      rowsFd: number
      wakeFd: number
      controlFd: number
      /** By slot; null: no buffer. */
      buffers: (Buffer | null)[]
      waker: number
    }
  | {
      kind: 'synthetic'
      cpus: number
      seed: number
      eventsPerSecond: number
      shared: SharedArrayBuffer
      buffers: (Buffer | null)[]
    }

/** The reading half. Every method is called from the ingest thread only. */
export interface SourceFeed {
  readonly cpus: number
  /** Blocks until data may be there, `wake()` was called from another thread, or the time has passed. */
  wait(timeoutMicros: number): void
  /**
   * Tells the producers that the reader is about to block (they wake it at `wake_bytes`), or that it is back.
   * @param but slots whose producers are not told that it sleeps: behind a busy head waking is of no use
   */
  setAsleep(asleep: boolean, but?: readonly number[]): void
  /** Notes positions: what `read` may take in this pass (the snapshot rule of a swap). */
  beginPass(): void
  /**
   * Copies whole records of a slot, each behind an 8-byte header (u32 length with busy and discard bits, u32 of no
   * meaning) and padded to 8, into `chunk`; stops at a busy record, at the pass's noted position and when the next
   * record does not fit. A perf buffer's length may be up to 7 bytes more than the record's. One part after the other;
   * during a swap the old buffer is emptied before the new one is read.
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
  /** A buffer that is about to be put into a slot: read after the old one is empty. */
  adopt(slot: number, buffer: BufferHandle): void
  /** The slot's old buffer gets nothing new any more: `retired` says when it is empty and let go. */
  swapped(slot: number): void
  /** The buffer adopted last was not put into the slot after all: it is forgotten, and the host closes it. */
  abandoned(slot: number): void
  /** Nothing is routed to the slot any more, and its last buffer gets nothing new: it is retired when it is empty. */
  removed(slot: number): void
  /** Handles that were emptied and let go since the last call; the host may close them. */
  retired(): number[]
  close(): void
}

/**
 * What the tables in the kernel have counted between two takings: raw, laid out as packages/bpf/include/abi.h has it.
 * Exact: no program still counted into them when they were read.
 */
export interface TableWindow {
  /** Time of the taking before this one and of this one, ns, CLOCK_MONOTONIC as two words each. */
  from: { hi: number; lo: number }
  to: { hi: number; lo: number }
  /** n × struct rs_conn, n × struct rs_conn_sum. */
  connections: { keys: Uint8Array; sums: Uint8Array }
  /** n × struct rs_window_key, n × struct rs_window_sum: summed over CPUs. */
  windows: { keys: Uint8Array; sums: Uint8Array }
  /** n × struct rs_heavy_key, n × struct rs_heavy. */
  heavy: { keys: Uint8Array; names: Uint8Array }
  /** Summed over CPUs and levels: LIMITS.kinds totals; kinds × sketchRows × sketchCells counts. */
  totals: Float64Array
  cells: Float64Array
  /** LIMITS.sketchRows odd 64-bit multipliers, two words each, low first. */
  seeds: Uint32Array
  /** Bytes that were read out of the kernel for this. */
  bytesRead: number
}

/** The changing half. Every method is called from the main thread only, and none blocks it for long. */
export interface SourceHost {
  readonly kind: Hello['source']
  readonly transport: Transport
  /** Why it is perf buffers although nobody asked for them. */
  readonly transportReason: string | null
  readonly cpus: number
  /** This process's thread group id as the records name it (in the initial pid namespace); 0: it makes no events. */
  readonly agentPid: number
  feed(): FeedDescriptor
  /** Wakes a feed that blocks in `wait`. */
  wake(): void
  /** The control block (struct rs_control), read back from where the programs read it. */
  readControl(): Uint8Array
  writeControl(offset: number, bytes: Uint8Array): void
  /**
   * Puts the rules of the filter in force, all at once; one call at a time. Rejects with a Problem-like error with `code`
   * and `hint` when a control group is not there, and changes nothing then.
   */
  writeFilters(rules: readonly FilterRule[]): Promise<void>
  /** The rules in force, read back from where the programs read them. */
  readFilters(): FilterRule[]
  /**
   * Makes a buffer off the main thread; rejects with a typed error and changes nothing. Perf buffers are always by CPU.
   * @param slot where it is to stand: a perf buffer is told when it is made how soon to wake its reader
   */
  createBuffer(bytes: number, sharding: Sharding, slot: number): Promise<Buffer>
  /** Puts a buffer into a slot. Resolves when no program holds the old one any more (waits for RCU, off the main thread). */
  installBuffer(slot: number, handle: number): Promise<void>
  /** Takes the buffer out of a slot that nothing is routed to; resolves when no program holds it any more. */
  removeBuffer(slot: number): Promise<void>
  closeBuffer(handle: number): void
  /** Resolves when every program run that had begun has ended (waits for RCU, off the main thread). */
  settle(): Promise<void>
  /** Exchanges the banks of the tables and takes what the old one holds; one call at a time. */
  takeTables(): Promise<TableWindow>
  /** Runs skipped by the kernel since the start (recursion_misses), or null where it does not tell. */
  missed(): number | null
  /** Detaches, closes. Idempotent. */
  close(): Promise<void>
}
