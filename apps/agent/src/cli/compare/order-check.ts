/**
 * How far from the order of time records come: as they are read, and after they were held until everything older had
 * been read. Times are ns in a clock of the caller's. Pure.
 */
const FIRST_TIMES = 4096

export class OrderCheck {
  /** Records older than one that had been read before. */
  inversions = 0
  /** Records older than one that had been handed on before, although they were held for it: they came late. */
  inversionsReordered = 0
  #newest = Number.NEGATIVE_INFINITY
  #released = Number.NEGATIVE_INFINITY
  #held = new Float64Array(FIRST_TIMES)
  #count = 0

  get late(): number {
    return this.inversionsReordered
  }

  take(timeNs: number): void {
    if (timeNs < this.#newest) this.inversions += 1
    else this.#newest = timeNs
    if (this.#count === this.#held.length) this.#grow()
    this.#held[this.#count] = timeNs
    this.#count += 1
  }

  /** A pass has read all that was written before `notedNs`: what is older is handed on, by time; the rest waits. */
  pass(notedNs: number): void {
    const times = this.#held.subarray(0, this.#count).sort()
    let released = 0
    for (; released < times.length && (times[released] as number) <= notedNs; released += 1) {
      const time = times[released] as number
      if (time < this.#released) this.inversionsReordered += 1
      else this.#released = time
    }
    this.#held.copyWithin(0, released, this.#count)
    this.#count -= released
  }

  /** Nothing comes any more. */
  end(): void {
    this.pass(Number.POSITIVE_INFINITY)
  }

  #grow(): void {
    const held = new Float64Array(this.#held.length * 2)
    held.set(this.#held)
    this.#held = held
  }
}
