/**
 * Which entries of a log pass a predicate, in order, kept up to date in steps: only what is new is looked at, and what
 * was overwritten leaves at the front. Markers that stand next to each other once the rows between them are filtered
 * out become one, in the place of the first.
 */
import type { Entries, Piece } from './event-log.ts'

export interface Rule<B, M> {
  /** Whether row `row` of the batch is shown. Markers always are: loss is not subject to a filter. */
  passes(batch: B, row: number): boolean
  /** Two neighbouring markers as one, or null when they stay apart. */
  merge(earlier: M, later: M): M | null
}

const INITIAL_ROOM = 1024

export class Matches<B, M> {
  readonly entries: Entries<B, M>
  readonly #rule: Rule<B, M>
  readonly #markers = new Map<number, M>()
  #numbers = new Float64Array(INITIAL_ROOM)
  #from = 0
  #to = 0
  #seen: number
  #markersAtEnd = false

  constructor(entries: Entries<B, M>, rule: Rule<B, M>) {
    this.entries = entries
    this.#rule = rule
    this.#seen = entries.first
    this.update()
  }

  get length(): number {
    return this.#to - this.#from
  }

  /** Rows among the matches, markers not counted. */
  get rows(): number {
    return this.length - this.#markers.size
  }

  /** Entry number at a place in [0, length); −1 outside. */
  at(index: number): number {
    return index < 0 || index >= this.length ? -1 : (this.#numbers[this.#from + index] ?? -1)
  }

  /** The marker that an entry shows, merged with its neighbours; undefined for a row. */
  marker(entry: number): M | undefined {
    return this.#markers.get(entry)
  }

  /** Entry numbers of the markers, ascending. */
  markers(): IterableIterator<[number, M]> {
    return this.#markers.entries()
  }

  /** The place of an entry, or of the first one behind it; `length` when there is none. */
  indexOf(entry: number): number {
    let low = this.#from
    let high = this.#to
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#numbers[middle] ?? 0) < entry) low = middle + 1
      else high = middle
    }
    return low - this.#from
  }

  /** Takes in what was appended and lets go of what was overwritten. */
  update(): void {
    const { first, next } = this.entries
    while (this.#from < this.#to && (this.#numbers[this.#from] ?? 0) < first) {
      this.#markers.delete(this.#numbers[this.#from] ?? -1)
      this.#from += 1
    }
    let entry = Math.max(this.#seen, first)
    while (entry < next) {
      const piece = this.entries.piece(entry)
      if (piece === undefined) break
      const end = Math.min(next, piece.first + piece.count)
      this.#take(piece, entry, end)
      entry = end
    }
    this.#seen = next
  }

  #take(piece: Piece<B, M>, from: number, to: number): void {
    if (piece.kind === 'marker') {
      this.#mark(from, piece.marker)
      return
    }
    for (let entry = from; entry < to; entry++) {
      if (!this.#rule.passes(piece.batch, piece.from + entry - piece.first)) continue
      this.#push(entry)
      this.#markersAtEnd = false
    }
  }

  #mark(entry: number, marker: M): void {
    const last = this.at(this.length - 1)
    const before = this.#markersAtEnd ? this.#markers.get(last) : undefined
    const merged = before === undefined ? null : this.#rule.merge(before, marker)
    if (merged === null) {
      this.#push(entry)
      this.#markers.set(entry, marker)
    } else this.#markers.set(last, merged)
    this.#markersAtEnd = true
  }

  #push(entry: number): void {
    if (this.#to === this.#numbers.length) this.#makeRoom()
    this.#numbers[this.#to++] = entry
  }

  #makeRoom(): void {
    const length = this.length
    const roomy = length > this.#numbers.length / 2 ? new Float64Array(this.#numbers.length * 2) : this.#numbers
    roomy.set(this.#numbers.subarray(this.#from, this.#to))
    this.#numbers = roomy
    this.#from = 0
    this.#to = length
  }
}
