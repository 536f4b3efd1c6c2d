/** Rows that one demand keeps until the flush: where each record is held, and when it happened. Struct of arrays. */

const FIRST_ROWS = 1024
/** Up to here a round over all digits costs more than it saves. */
const FEW_ROWS = 64
const DIGIT_BITS = 11
const DIGITS = 1 << DIGIT_BITS
const TWO_32 = 2 ** 32

export class RowList {
  count = 0
  #held = new Uint32Array(FIRST_ROWS)
  #timeNs = new Float64Array(FIRST_ROWS)
  /** Sorted into, and then exchanged with the arrays above. */
  #heldNext = new Uint32Array(0)
  #timeNsNext = new Float64Array(0)
  readonly #starts = new Uint32Array(DIGITS)

  push(held: number, timeNs: number): void {
    if (this.count === this.#held.length) this.#grow()
    this.#held[this.count] = held
    this.#timeNs[this.count] = timeNs
    this.count += 1
  }

  held(row: number): number {
    return this.#held[row] as number
  }

  timeNs(row: number): number {
    return this.#timeNs[row] as number
  }

  /** Keeps the rows that `from` names, ascending: row n becomes what stood at `from(n)`. */
  keep(count: number, from: (n: number) => number): void {
    for (let row = 0; row < count; row += 1) {
      const old = from(row)
      this.#held[row] = this.#held[old] as number
      this.#timeNs[row] = this.#timeNs[old] as number
    }
    this.count = count
  }

  /** By time; rows of one time stay in their order. */
  sort(): void {
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    let sorted = true
    for (let row = 0; row < this.count; row += 1) {
      const time = this.#timeNs[row] as number
      if (time < last) sorted = false
      else last = time
      if (time < first) first = time
    }
    if (sorted) return
    if (this.count <= FEW_ROWS) this.#sortByInserting()
    else if (last - first < TWO_32) this.#sortByDigits(first, last - first)
    else this.#sortByComparing()
  }

  clear(): void {
    this.count = 0
  }

  #sortByInserting(): void {
    for (let row = 1; row < this.count; row += 1) {
      const held = this.#held[row] as number
      const time = this.#timeNs[row] as number
      let to = row
      for (; to > 0 && (this.#timeNs[to - 1] as number) > time; to -= 1) {
        this.#held[to] = this.#held[to - 1] as number
        this.#timeNs[to] = this.#timeNs[to - 1] as number
      }
      this.#held[to] = held
      this.#timeNs[to] = time
    }
  }

  /** Radix sort: a window lasts some 10^7 ns, so that two or three rounds are enough. */
  #sortByDigits(first: number, range: number): void {
    if (this.#heldNext.length < this.#held.length) {
      this.#heldNext = new Uint32Array(this.#held.length)
      this.#timeNsNext = new Float64Array(this.#held.length)
    }
    for (let shift = 0; shift < 32 && range >= 2 ** shift; shift += DIGIT_BITS) this.#round(first, shift)
  }

  #round(first: number, shift: number): void {
    const { count } = this
    const held = this.#held
    const timeNs = this.#timeNs
    const heldNext = this.#heldNext
    const timeNsNext = this.#timeNsNext
    const starts = this.#starts.fill(0)
    for (let row = 0; row < count; row += 1) {
      const digit = (((timeNs[row] as number) - first) >>> shift) & (DIGITS - 1)
      starts[digit] = (starts[digit] as number) + 1
    }
    let start = 0
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const rows = starts[digit] as number
      starts[digit] = start
      start += rows
    }
    for (let row = 0; row < count; row += 1) {
      const time = timeNs[row] as number
      const digit = ((time - first) >>> shift) & (DIGITS - 1)
      const to = starts[digit] as number
      starts[digit] = to + 1
      heldNext[to] = held[row] as number
      timeNsNext[to] = time
    }
    this.#held = heldNext
    this.#timeNs = timeNsNext
    this.#heldNext = held
    this.#timeNsNext = timeNs
  }

  /** For a window that holds records of more than four seconds. */
  #sortByComparing(): void {
    const order = Array.from({ length: this.count }, (_, row) => row)
    order.sort((a, b) => (this.#timeNs[a] as number) - (this.#timeNs[b] as number))
    const held = this.#held.slice()
    const timeNs = this.#timeNs.slice()
    order.forEach((old, row) => {
      this.#held[row] = held[old] as number
      this.#timeNs[row] = timeNs[old] as number
    })
  }

  #grow(): void {
    const held = new Uint32Array(this.#held.length * 2)
    held.set(this.#held)
    this.#held = held
    const timeNs = new Float64Array(this.#timeNs.length * 2)
    timeNs.set(this.#timeNs)
    this.#timeNs = timeNs
  }
}
