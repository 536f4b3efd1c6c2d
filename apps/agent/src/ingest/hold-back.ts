/**
 * Up to which time rows may be told, so that none comes later that is older. Each slot is complete up to some time: rows
 * of the others wait for the one that is furthest behind, but none longer than the window, whatever comes. Pure.
 */
import { LIMITS } from '../source/abi.ts'

/** Between the time in a record and its place in the buffer an interrupt may come. */
export const SETTLE_NS = 100_000
const MS = 1e6

export class HoldBack {
  windowMs: number
  readonly #flushMs: number
  /** By slot; Infinity: nothing comes from it. */
  readonly #completeNs = new Float64Array(LIMITS.slots).fill(Number.POSITIVE_INFINITY)
  /** Oldest first: when rows were read that no flush had to tell, at the earliest, and the newest of them. */
  readonly #held: { readNs: number; newestNs: number }[] = []
  #flushedNs: number

  /** @param flushMs how long it is to the next flush */
  constructor(windowMs: number, flushMs: number, nowNs: number) {
    this.windowMs = windowMs
    this.#flushMs = flushMs
    this.#flushedNs = nowNs
  }

  /** The slot was read to its end, as it was at this time. */
  complete(slot: number, atNs: number): void {
    this.#completeNs[slot] = atNs - SETTLE_NS
  }

  /** The slot was left with records in it, after one of this time. */
  left(slot: number, lastNs: number): void {
    const before = this.#completeNs[slot] as number
    const now = lastNs - SETTLE_NS
    this.#completeNs[slot] = before === Number.POSITIVE_INFINITY ? now : Math.max(before, now)
  }

  /** Nothing comes from the slot. */
  absent(slot: number): void {
    this.#completeNs[slot] = Number.POSITIVE_INFINITY
  }

  /** What a flush may tell. @param newestNs time of the newest record that was read */
  untilNs(nowNs: number, newestNs: number): number {
    const complete = this.#completeNs.reduce((least, ns) => Math.min(least, ns), Number.POSITIVE_INFINITY)
    this.#held.push({ readNs: this.#flushedNs, newestNs })
    this.#flushedNs = nowNs
    /* What would be held for too long by the next flush goes with this one. */
    const dueNs = nowNs + (this.#flushMs - this.windowMs) * MS
    let untilNs = complete
    let told = 0
    for (const { readNs, newestNs: newest } of this.#held) {
      if (readNs <= dueNs) untilNs = Math.max(untilNs, newest)
      else if (newest > untilNs) break
      told += 1
    }
    this.#held.splice(0, told)
    return untilNs
  }
}
