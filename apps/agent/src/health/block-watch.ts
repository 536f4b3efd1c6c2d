/** A record at the head that is reserved and not committed: how long it blocks its reader, and what is dropped meanwhile. Pure. */
import type { RingState } from '../source/source.ts'

/** A head that stays reserved for this long blocks the reader. [RNG-4] */
const BLOCKED_MS = 50
/** From here on it is suspected to, so that drops are counted from then on. */
const SUSPECT_MS = 5

export class BlockWatch {
  /** Position of the busy head, or -1. */
  #at = -1
  #sinceMs = 0
  #nowMs = 0
  /** What the slot had dropped when the head became suspect. */
  #droppedBefore: number | null = null
  #dropped = 0

  get isBlocked(): boolean {
    return this.#at >= 0 && this.#nowMs - this.#sinceMs >= BLOCKED_MS
  }

  /** Busy for so long that it is not just being written. */
  get isStuck(): boolean {
    return this.#droppedBefore !== null
  }

  get isBusy(): boolean {
    return this.#at >= 0
  }

  /** 0 while it is not blocked. */
  get blockedMs(): number {
    return this.isBlocked ? Math.floor(this.#nowMs - this.#sinceMs) : 0
  }

  /** @param dropped what the slot has dropped by now; asked for only when a head is suspect, or was */
  sample(state: RingState | null, nowMs: number, dropped: () => number): void {
    if (state === null || !state.busy || state.consumer !== this.#at) this.#end(dropped)
    this.#nowMs = nowMs
    if (state === null || !state.busy) return
    if (this.#at < 0) {
      this.#at = state.consumer
      this.#sinceMs = nowMs
    }
    if (nowMs - this.#sinceMs >= SUSPECT_MS) this.#droppedBefore ??= dropped()
  }

  /** Dropped while blocked, since the start. @param dropped what the slot has dropped by now */
  droppedBlocked(dropped: number): number {
    return this.#dropped + (this.isBlocked ? this.#since(dropped) : 0)
  }

  #end(dropped: () => number): void {
    if (this.isBlocked) this.#dropped += this.#since(dropped())
    this.#at = -1
    this.#droppedBefore = null
  }

  #since(dropped: number): number {
    return this.#droppedBefore === null ? 0 : Math.max(0, dropped - this.#droppedBefore)
  }
}
