/** Joins what changed since the last animation frame into one commit, so that rows cost one render a frame at most. */

export class FrameClock {
  readonly #commit: () => void
  #asked = false

  constructor(commit: () => void) {
    this.#commit = commit
  }

  /** Nothing waits to be committed. */
  get idle(): boolean {
    return !this.#asked
  }

  request(): void {
    if (this.#asked) return
    this.#asked = true
    requestAnimationFrame(() => {
      this.#asked = false
      this.#commit()
    })
  }
}
