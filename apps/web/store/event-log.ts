/**
 * The rows that the browser holds: a log of decoded batches with a fixed capacity, outside React. It counts what it
 * receives and what it overwrites ([L5] received = kept + evicted) and knows nothing of what a row means.
 *
 * Entries are numbered from 0 and the numbers never change. An entry is a row of a batch, or a marker that stands between
 * rows (a gap, a break of the connection). Each piece takes some capacity however few rows it has, since a batch of one
 * row holds on to as much memory as one of many: batches and markers are bounded as well as rows.
 */

export interface Rows {
  readonly rows: number
}

export interface Placed<M> {
  /** Index of the batch's row that the marker stands before; `rows` puts it behind the last one. */
  readonly before: number
  readonly marker: M
}

/** A run of neighbouring rows of one batch, or one marker. Never changed once it stands. */
export type Piece<B, M> =
  | { readonly kind: 'rows'; readonly first: number; readonly count: number; readonly batch: B; readonly from: number }
  | { readonly kind: 'marker'; readonly first: number; readonly count: 1; readonly marker: M }

/** Entries `first` up to but not including `next`. */
export interface Entries<B, M> {
  readonly first: number
  readonly next: number
  /** The piece that holds an entry; undefined outside the range. */
  piece(entry: number): Piece<B, M> | undefined
}

/** Rows that one piece takes of the capacity at least: a batch and its columns weigh about as much as so many rows. */
const LEAST_ROWS = 16

export class EventLog<B extends Rows, M> implements Entries<B, M> {
  readonly capacity: number
  readonly #least: number
  #pieces: Piece<B, M>[] = []
  #first = 0
  #next = 0
  #received = 0
  #kept = 0
  #taken = 0

  /** @param capacity in rows @param least rows that a piece takes of it at least; no more than the capacity */
  constructor(capacity: number, least: number = LEAST_ROWS) {
    this.capacity = capacity
    this.#least = least
  }

  get first(): number {
    return this.#first
  }

  get next(): number {
    return this.#next
  }

  /** Rows, markers not counted. */
  get received(): number {
    return this.#received
  }

  get kept(): number {
    return this.#kept
  }

  get evicted(): number {
    return this.#received - this.#kept
  }

  /** @param markers in ascending order of `before` */
  append(batch: B, markers: readonly Placed<M>[]): void {
    let from = 0
    for (const { before, marker } of markers) {
      this.#rows(batch, from, before)
      from = before
      this.#push({ kind: 'marker', first: this.#next, count: 1, marker })
    }
    this.#rows(batch, from, batch.rows)
    this.#evict()
  }

  mark(marker: M): void {
    this.#push({ kind: 'marker', first: this.#next, count: 1, marker })
    this.#evict()
  }

  piece(entry: number): Piece<B, M> | undefined {
    return find(this.#pieces, this.#first, this.#next, entry)
  }

  /** The entries of this moment, which later appends and evictions do not touch. */
  snapshot(): Entries<B, M> {
    const pieces = [...this.#pieces]
    const first = this.#first
    const next = this.#next
    return { first, next, piece: (entry) => find(pieces, first, next, entry) }
  }

  /** Lets go of everything; the rows count as evicted. */
  clear(): void {
    this.#pieces = []
    this.#first = this.#next
    this.#kept = 0
    this.#taken = 0
  }

  #rows(batch: B, from: number, to: number): void {
    const count = to - from
    if (count <= 0) return
    this.#push({ kind: 'rows', first: this.#next, count, batch, from })
    this.#received += count
    this.#kept += count
  }

  #push(piece: Piece<B, M>): void {
    this.#pieces.push(piece)
    this.#next += piece.count
    this.#taken += Math.max(piece.count, this.#least)
  }

  #evict(): void {
    let dropped = 0
    while (this.#taken > this.capacity) {
      const piece = this.#pieces[dropped]
      if (piece === undefined) break
      const left = piece.first + piece.count - this.#first
      const over = this.#taken - this.capacity
      // Below the least, fewer rows make no more room: the whole piece goes.
      const whole = left - over < this.#least
      const entries = whole ? left : over
      this.#taken -= whole ? Math.max(left, this.#least) : over
      if (piece.kind === 'rows') this.#kept -= entries
      this.#first += entries
      if (whole) dropped += 1
    }
    if (dropped > 0) this.#pieces.splice(0, dropped)
  }
}

function find<B, M>(
  pieces: readonly Piece<B, M>[],
  first: number,
  next: number,
  entry: number,
): Piece<B, M> | undefined {
  if (entry < first || entry >= next) return undefined
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    const piece = pieces[middle]
    if (piece !== undefined && piece.first <= entry) low = middle
    else high = middle - 1
  }
  return pieces[low]
}
