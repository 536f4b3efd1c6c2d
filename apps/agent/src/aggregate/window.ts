/** The heaviest keys of the last seconds: one Space-Saving summary per second, merged when asked. */
import { type Counted, SpaceSaving } from './space-saving.ts'

export class SlidingTop {
  readonly #capacity: number
  readonly #seconds: number
  /** Oldest first; the last one is being filled. */
  #summaries: SpaceSaving[]

  /** @param capacity keys per second @param seconds how many summaries are merged, the one being filled included */
  constructor(capacity: number, seconds: number) {
    this.#capacity = capacity
    this.#seconds = seconds
    this.#summaries = [new SpaceSaving(capacity)]
  }

  add(key: string, weight: number): void {
    ;(this.#summaries.at(-1) as SpaceSaving).add(key, weight)
  }

  /** A second has passed. */
  advance(): void {
    this.#summaries.push(new SpaceSaving(this.#capacity))
    this.#summaries = this.#summaries.slice(-this.#seconds)
  }

  get total(): number {
    return this.#summaries.reduce((sum, summary) => sum + summary.total, 0)
  }

  /** The heaviest, first; each count is at least the true one, and exceeds it by at most `error`. */
  heaviest(rows: number): Counted[] {
    const least = this.#summaries.reduce((sum, summary) => sum + summary.least, 0)
    const merged = new Map<string, Counted>()
    for (const summary of this.#summaries) {
      for (const { key, count, error } of summary.entries()) {
        const entry = merged.get(key)
        if (entry === undefined) {
          merged.set(key, { key, count: least - summary.least + count, error: least - summary.least + error })
        } else {
          entry.count += count - summary.least
          entry.error += error - summary.least
        }
      }
    }
    return [...merged.values()].sort((a, b) => b.count - a.count).slice(0, rows)
  }
}
