/** Watches one buffer's fill between messages: the highest fill, the state of its reader. Pure: times are handed in. */
import type { SlotHealth } from '@ringside/protocol'
import type { RingState } from '../source/source.ts'

/** A head that stays reserved for this long blocks the reader. */
const BLOCKED_MS = 50

export class FillWatch {
  capacityBytes = 0
  usedBytes = 0
  /** Highest fill since the resize or the start. */
  highWaterEverBytes = 0
  /** Grows by one at each resize. */
  ringEpoch = 0
  #sinceFill = 0
  #sinceHealth = 0
  #fault = false
  #busyAt = -1
  #busySinceMs = 0
  #blocked = false

  /** @param state as it is before this pass reads; null: the slot has no buffer */
  sample(state: RingState | null, nowMs: number): void {
    const used = state === null ? 0 : Math.max(0, state.producer - state.consumer)
    this.capacityBytes = state?.capacityBytes ?? 0
    this.usedBytes = used
    this.#sinceFill = Math.max(this.#sinceFill, used)
    this.#sinceHealth = Math.max(this.#sinceHealth, used)
    this.highWaterEverBytes = Math.max(this.highWaterEverBytes, used)
    this.#fault = state?.fault ?? false
    this.#watchHead(state, nowMs)
  }

  resized(): void {
    this.ringEpoch += 1
    this.highWaterEverBytes = this.usedBytes
  }

  /** Highest fill since the last call. */
  takeFillHighWater(): number {
    const high = this.#sinceFill
    this.#sinceFill = this.usedBytes
    return high
  }

  /** Highest fill since the last call. */
  takeHealthHighWater(): number {
    const high = this.#sinceHealth
    this.#sinceHealth = this.usedBytes
    return high
  }

  reader(sleeping: boolean): SlotHealth['reader'] {
    if (this.#fault) return 'fault'
    if (this.#blocked) return 'blocked'
    return sleeping ? 'sleeping' : 'reading'
  }

  #watchHead(state: RingState | null, nowMs: number): void {
    if (state === null || !state.busy) {
      this.#busyAt = -1
      this.#blocked = false
      return
    }
    if (state.consumer !== this.#busyAt) {
      this.#busyAt = state.consumer
      this.#busySinceMs = nowMs
    }
    this.#blocked = nowMs - this.#busySinceMs >= BLOCKED_MS
  }
}
