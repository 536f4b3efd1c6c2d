/** Watches one slot's buffer between messages: the highest fill, what still fits, the state of its reader. Pure: times are handed in. */
import type { SlotHealth } from '@ringside/protocol'
import { RING_HEADER } from '../source/abi.ts'
import type { RingState } from '../source/source.ts'
import { BlockWatch } from './block-watch.ts'

/** A perf buffer puts the size of a sample before it. */
const PERF_SIZE_BYTES = 4

export class FillWatch {
  readonly block = new BlockWatch()
  parts = 0
  capacityBytes = 0
  /** Within [0, capacity], although both buffers of a swap are in it. [RNG-6] */
  usedBytes = 0
  /** Highest fill since the resize or the start, of the fullest part as bytes of the whole. */
  highWaterEverBytes = 0
  largestFitBytes = 0
  toldLost: number | null = null
  /** Grows by one at each resize. */
  ringEpoch = 0
  /** The reader cannot go on, although nobody said that the buffer is faulty. */
  broken = false
  /** Parts that are no longer read, while the others are. */
  faultyParts = 0
  #fullestBytes = 0
  #sinceFill = 0
  #sinceHealth = 0
  #fault = false

  /**
   * @param state as it is before this pass reads; null: the slot has no buffer
   * @param dropped what the slot has dropped by now; asked for only while a record blocks the reader
   */
  sample(state: RingState | null, nowMs: number, dropped: () => number): void {
    const capacity = state?.capacityBytes ?? 0
    this.parts = state?.parts ?? 0
    this.capacityBytes = capacity
    this.usedBytes = state === null ? 0 : within(state.producer - state.consumer, capacity)
    this.#fullestBytes = state === null ? 0 : Math.max(this.usedBytes, within(state.fullestBytes, capacity))
    this.#sinceFill = Math.max(this.#sinceFill, this.#fullestBytes)
    this.#sinceHealth = Math.max(this.#sinceHealth, this.#fullestBytes)
    this.highWaterEverBytes = Math.max(this.highWaterEverBytes, this.#fullestBytes)
    this.toldLost = state?.toldLost ?? null
    this.largestFitBytes = state === null ? 0 : largestFit(state)
    this.lookForFaults(state)
    this.block.sample(state, nowMs, dropped)
  }

  /** Also after a pass, since it is the one that finds them. [RNG-5] */
  lookForFaults(state: RingState | null): void {
    this.faultyParts = state?.faultyParts ?? 0
    this.#fault = state?.fault ?? false
  }

  /** As bytes of the whole. */
  get fullestBytes(): number {
    return this.#fullestBytes
  }

  /** Nothing of it can be read. */
  get isFaulty(): boolean {
    return this.#fault || this.broken
  }

  resized(): void {
    this.ringEpoch += 1
    this.highWaterEverBytes = this.#fullestBytes
  }

  /** Highest fill since the last call. */
  takeFillHighWater(): number {
    const high = this.#sinceFill
    this.#sinceFill = this.#fullestBytes
    return high
  }

  /** Highest fill since the last call. */
  takeHealthHighWater(): number {
    const high = this.#sinceHealth
    this.#sinceHealth = this.#fullestBytes
    return high
  }

  reader(sleeping: boolean): SlotHealth['reader'] {
    if (this.isFaulty || this.faultyParts > 0) return 'fault'
    if (this.block.isBlocked) return 'blocked'
    return sleeping ? 'sleeping' : 'reading'
  }
}

/** Eight bytes of a buffer always stay free. */
function largestFit({ roomBytes, toldLost }: RingState): number {
  const room = Math.floor(Math.max(0, roomBytes) / 8) * 8 - 8
  return Math.max(0, room - RING_HEADER.bytes - (toldLost === null ? 0 : PERF_SIZE_BYTES))
}

function within(bytes: number, capacity: number): number {
  return Math.max(0, Math.min(bytes, capacity))
}
