/**
 * Records at the heads of parts that are reserved and not committed: how long the one that is there longest blocks its
 * reader, and what is dropped meanwhile. Other parts that go on change nothing about it. Pure.
 */
import type { BusyHead, RingState } from '../source/source.ts'

/** A head that stays reserved for this long blocks the reader. [RNG-4] */
const BLOCKED_MS = 50
/** From here on it is suspected to, so that drops are counted from then on. */
const SUSPECT_MS = 5

interface Watched extends BusyHead {
  sinceMs: number
}

export class BlockWatch {
  /** The one that is there longest comes first. */
  #heads: readonly Watched[] = []
  #nowMs = 0
  /** What the slot had dropped when the first head became suspect. */
  #droppedBefore: number | null = null
  #dropped = 0

  get isBlocked(): boolean {
    return this.#busyMs >= BLOCKED_MS
  }

  /** Busy for so long that it is not just being written. */
  get isStuck(): boolean {
    return this.#droppedBefore !== null
  }

  get isBusy(): boolean {
    return this.#heads.length > 0
  }

  /** 0 while it is not blocked. */
  get blockedMs(): number {
    return this.isBlocked ? Math.floor(this.#busyMs) : 0
  }

  /** @param dropped what the slot has dropped by now; asked for only when a head is suspect, or was */
  sample(state: RingState | null, nowMs: number, dropped: () => number): void {
    const now = state?.busyHeads ?? []
    const still = this.#heads.filter((head) => now.some((other) => isSame(head, other)))
    const come = now.filter((head) => !still.some((other) => isSame(head, other)))
    if (still[0] !== this.#heads[0]) this.#end(dropped)
    this.#nowMs = nowMs
    this.#heads = [...still, ...come.map((head) => ({ ...head, sinceMs: nowMs }))]
    if (this.#busyMs >= SUSPECT_MS) this.#droppedBefore ??= dropped()
  }

  /** Dropped while blocked, since the start. @param dropped what the slot has dropped by now */
  droppedBlocked(dropped: number): number {
    return this.#dropped + (this.isBlocked ? this.#since(dropped) : 0)
  }

  #end(dropped: () => number): void {
    if (this.isBlocked) this.#dropped += this.#since(dropped())
    this.#droppedBefore = null
  }

  /** How long the first head has been busy; -1: there is none. */
  get #busyMs(): number {
    const first = this.#heads[0]
    return first === undefined ? -1 : this.#nowMs - first.sinceMs
  }

  #since(dropped: number): number {
    return this.#droppedBefore === null ? 0 : Math.max(0, dropped - this.#droppedBefore)
  }
}

function isSame(a: BusyHead, b: BusyHead): boolean {
  return a.part === b.part && a.at === b.at
}
