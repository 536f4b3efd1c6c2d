/**
 * Joins changes into commits on animation frames, a few a second: more often than an eye can read a row, and seldom
 * enough that the page keeps its time for the operator.
 */

/** Shortest time between two commits, ms. */
const INTERVAL_MS = 90

export class FrameClock {
  readonly #commit: () => void
  #asked = false
  #lastMs = 0

  constructor(commit: () => void) {
    this.#commit = commit
  }

  request(): void {
    if (this.#asked) return
    this.#asked = true
    const waitMs = this.#lastMs + INTERVAL_MS - performance.now()
    if (waitMs > 0) setTimeout(() => this.#onFrame(), waitMs)
    else this.#onFrame()
  }

  #onFrame(): void {
    requestAnimationFrame(() => {
      this.#asked = false
      this.#lastMs = performance.now()
      this.#commit()
    })
  }
}
