/**
 * Reads one slot: at its own pace, a bounded turn at a time, and without harm to the others when it fails. Knows the feed
 * and what is done with a chunk by their interfaces alone. Pure: times are handed in.
 */
import { FillWatch } from '../health/fill-watch.ts'
import { LARGEST_RECORD_BYTES, ringBytes } from '../source/abi.ts'
import type { RingState, SourceFeed } from '../source/source.ts'
import type { HoldBack } from './hold-back.ts'
import type { Reading } from './messages.ts'
import type { Pace } from './pace.ts'
import { READ_BYTES, type Records } from './records.ts'

/** A turn that takes longer is halved, one that takes much less is doubled again. [RNG-2] */
const TURN_MS = 5
const QUICK_TURN_MS = 2
const MIN_TURN_BYTES = 8 * 1024
/** With less room than this a record may not fit into the rest of a chunk: a perf buffer's is up to 7 bytes longer. */
const ROOM_BYTES = ringBytes(LARGEST_RECORD_BYTES + 7)
/** A slot that is read in batches is read in between when this share of it is full: there its producers wake the reader. */
const BATCH_SHARE = 1 / 8

/** What a turn has to do with. */
export interface TurnTools {
  feed: SourceFeed
  records: Records
  /** Takes in the chunk that was read into `records`. */
  take(bytes: number, slot: number): void
  nowNs(): number
  /** Says why the slot is no longer read. */
  failed(slot: number, thrown: unknown): void
}

export class SlotReader {
  readonly slot: number
  readonly fill = new FillWatch()
  processing: Reading['processing'][number] = 'stream'
  /** Bytes that the last pass took. */
  bytes = 0
  /** The last turn ended before the buffer did. */
  left = false
  readonly #tools: TurnTools
  /** The slot has a buffer, or is about to get one. */
  #active: boolean
  /** Nothing is routed to it any more. */
  #leaving = false
  #state: RingState | null = null
  #producer = 0
  #lookedNs: number
  /** Between the last two looks. */
  #cameBytes = 0
  #cameMicros = 0
  #turnBytes = READ_BYTES

  constructor(slot: number, tools: TurnTools, nowNs: number) {
    this.slot = slot
    this.#tools = tools
    this.#lookedNs = nowNs
    this.#look()
    this.#active = this.#state !== null
    this.#producer = this.#state?.producer ?? 0
  }

  get isReadable(): boolean {
    return this.#active && !this.fill.isFaulty
  }

  /** The last pass found a head reserved and not committed, and nothing that can be read. */
  get isBlocked(): boolean {
    return this.fill.block.isBusy && this.bytes === 0
  }

  /** Something that can be read has come since the last pass. */
  get hasMore(): boolean {
    if (!this.isReadable) return false
    this.#look()
    return this.#state?.readable ?? false
  }

  /** Bytes that are not consumed, both buffers of a swap together. */
  get usedBytes(): number {
    if (this.#active) this.#look()
    return this.#state === null ? 0 : Math.max(0, this.#state.producer - this.#state.consumer)
  }

  /** The slot gets a buffer, or another one: what was wrong with the former one is over. */
  renew(): void {
    this.#active = true
    this.#leaving = false
    this.fill.broken = false
  }

  /** The slot has no buffer any more once this one is empty. */
  remove(): void {
    this.#leaving = true
  }

  /** How things stand before the pass reads. @param dropped what the slot has dropped by now */
  begin(nowNs: number, dropped: () => number): void {
    this.bytes = 0
    this.left = false
    if (!this.#active) return
    this.#look()
    const state = this.#state
    this.fill.sample(state, nowNs / 1e6, dropped)
    if (state === null) {
      this.#active = !this.#leaving
      return
    }
    this.#cameBytes = Math.max(0, state.producer - this.#producer)
    this.#cameMicros = (nowNs - this.#lookedNs) / 1000
    this.#producer = state.producer
    this.#lookedNs = nowNs
  }

  /** How fast the buffer fills, after its turn. What comes behind a busy head is no reason to look again soon. */
  pace(pace: Pace): void {
    if (!this.isReadable || this.isBlocked) return
    pace.note(this.#cameBytes, this.#cameMicros, this.fill.capacityBytes)
  }

  /** @param all whether slots that are read in batches have their turn too */
  isDue(all: boolean): boolean {
    if (!this.isReadable) return false
    return all || this.processing === 'stream' || this.fill.fullestBytes >= this.fill.capacityBytes * BATCH_SHARE
  }

  /** One turn. */
  read(): void {
    const { nowNs } = this.#tools
    const beganNs = nowNs()
    this.#readTurn()
    if (this.bytes === 0) return
    const tookMs = (nowNs() - beganNs) / 1e6
    if (tookMs > TURN_MS) this.#turnBytes = Math.max(MIN_TURN_BYTES, this.#turnBytes / 2)
    else if (tookMs < QUICK_TURN_MS) this.#turnBytes = Math.min(READ_BYTES, this.#turnBytes * 2)
  }

  /**
   * Tells up to when this slot is complete, after its turn.
   * @param notedNs when the pass began @param lastNs time of the slot's last record
   */
  settle(holdBack: HoldBack, notedNs: number, lastNs: number): void {
    if (!this.left && this.bytes > 0) this.#look()
    const state = this.#state
    if (state === null || !this.isReadable) {
      holdBack.absent(this.slot)
    } else if (!this.left && state.busyHeads.length === 0) {
      holdBack.complete(this.slot, notedNs)
    } else {
      /* Of a buffer in parts the last record tells of one part only. */
      holdBack.left(this.slot, state.parts === 1 ? lastNs : Number.NEGATIVE_INFINITY)
    }
  }

  #readTurn(): void {
    const { records, take } = this.#tools
    let room = this.#turnBytes
    while (room >= ROOM_BYTES) {
      const bytes = this.#readInto(room < READ_BYTES ? records.chunk.subarray(0, room) : records.chunk)
      if (bytes === 0) return
      this.bytes += bytes
      room -= bytes
      take(bytes, this.slot)
    }
    this.left = true
  }

  #readInto(chunk: Uint8Array): number {
    try {
      return this.#tools.feed.read(this.slot, chunk)
    } catch (thrown) {
      this.#fail(thrown)
      return 0
    }
  }

  #look(): void {
    try {
      this.#state = this.#tools.feed.state(this.slot)
      this.fill.lookForFaults(this.#state)
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #fail(thrown: unknown): void {
    if (!this.fill.broken) this.#tools.failed(this.slot, thrown)
    this.fill.broken = true
  }
}
