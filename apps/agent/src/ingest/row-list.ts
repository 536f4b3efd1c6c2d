/** Rows that one demand keeps until the flush: where each record is held, and when it happened. Struct of arrays. */

const FIRST_ROWS = 1024
/** Times are packed above the index in one double: 2^18 rows leave 2^35 ns, 34 s. */
export const MAX_LISTED_ROWS = 262_144

export class RowList {
  count = 0
  #held = new Uint32Array(FIRST_ROWS)
  #timeNs = new Float64Array(FIRST_ROWS)
  #keys = new Float64Array(FIRST_ROWS)

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
    const { count } = this
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    let sorted = true
    for (let row = 0; row < count; row += 1) {
      const time = this.#timeNs[row] as number
      if (time < last) sorted = false
      else last = time
      if (time < first) first = time
    }
    if (sorted) return
    if ((last - first) * MAX_LISTED_ROWS < Number.MAX_SAFE_INTEGER) this.#sortByKeys(first)
    else this.#sortByComparing()
  }

  clear(): void {
    this.count = 0
  }

  #sortByKeys(first: number): void {
    const { count } = this
    if (this.#keys.length < count) this.#keys = new Float64Array(this.#held.length)
    const keys = this.#keys.subarray(0, count)
    for (let row = 0; row < count; row += 1) {
      keys[row] = ((this.#timeNs[row] as number) - first) * MAX_LISTED_ROWS + row
    }
    keys.sort()
    this.#reorder((row) => (keys[row] as number) % MAX_LISTED_ROWS)
  }

  /** For a window whose records lie too far apart for packed keys. */
  #sortByComparing(): void {
    const order = Array.from({ length: this.count }, (_, row) => row)
    order.sort((a, b) => (this.#timeNs[a] as number) - (this.#timeNs[b] as number))
    this.#reorder((row) => order[row] as number)
  }

  #reorder(from: (row: number) => number): void {
    const held = this.#held.slice(0, this.count)
    const timeNs = this.#timeNs.slice(0, this.count)
    for (let row = 0; row < this.count; row += 1) {
      const old = from(row)
      this.#held[row] = held[old] as number
      this.#timeNs[row] = timeNs[old] as number
    }
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
