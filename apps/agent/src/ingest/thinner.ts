/**
 * Chooses which rows of a window are kept when not all may be: every nth of those that match, n doubling while the
 * window fills, so that the kept ones are spread over the whole window, bursts included. Pure; rates are not guessed.
 */

/** Rows beyond the rate that a window may carry over from quiet ones before it, as a share of a second. */
const CARRY_SECONDS = 0.1

/** How many rows the next window may hold, under a rate. */
export class Allowance {
  readonly #rowsPerSecond: number | null
  #rows = 0

  /** @param rowsPerSecond null: every row */
  constructor(rowsPerSecond: number | null) {
    this.#rowsPerSecond = rowsPerSecond
    this.pass(CARRY_SECONDS)
  }

  /** Whole rows that may be taken now; Infinity without a rate. */
  get rows(): number {
    return Math.floor(this.#rows)
  }

  /** Time passes. */
  pass(seconds: number): void {
    if (this.#rowsPerSecond === null) {
      this.#rows = Number.POSITIVE_INFINITY
      return
    }
    const most = this.#rowsPerSecond === 0 ? 0 : 1 + this.#rowsPerSecond * CARRY_SECONDS
    this.#rows = Math.min(most, this.#rows + this.#rowsPerSecond * seconds)
  }

  spend(rows: number): void {
    this.#rows -= rows
  }
}

export class Thinner {
  /** Every nth matching row is a candidate. */
  stride = 1
  #untilNext = 1

  /** Whether the next matching row is a candidate. */
  take(): boolean {
    this.#untilNext -= 1
    if (this.#untilNext > 0) return false
    this.#untilNext = this.stride
    return true
  }

  /** Every second candidate was let go, the last one too: from the next one on they come half as often. */
  widen(): void {
    this.stride *= 2
  }

  reset(): void {
    this.stride = 1
    this.#untilNext = 1
  }
}

/** Index of the nth of `kept` rows spread evenly over `count`. */
export function spread(n: number, kept: number, count: number): number {
  return Math.floor((n * count) / kept)
}
