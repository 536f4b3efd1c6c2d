/**
 * One distinct subscription within one flush window: which decoded records match, which of them are kept, and what the
 * frame says about the rest. Counts are exact: matched = rows + thinned.
 */
import { type BatchEncoder, type CompiledFilter, compileFilter, RowMatcher, type SlotGap } from '@ringside/protocol'
import { decodeRow, type RecordBytes } from './decode.ts'
import type { HeldRecords } from './held-records.ts'
import type { Demand, Publication } from './messages.ts'
import { RowList } from './row-list.ts'
import type { TimeZero } from './scan.ts'
import { Allowance, spread, Thinner } from './thinner.ts'

/** Beyond this the window is flushed early. */
const FULL_ROWS = 131_072

/** What the frames of one flush have in common. */
export interface FlushWindow {
  encoder: BatchEncoder
  held: HeldRecords
  zero: TimeZero
  fromNs: number
  toNs: number
  gaps: readonly SlotGap[]
}

export class DemandWindow {
  readonly demand: Demand
  matched = 0
  readonly #filter: CompiledFilter
  readonly #matcher: RowMatcher
  readonly #allowance: Allowance
  readonly #thinner = new Thinner()
  readonly #rows = new RowList()
  /** Matching rows of windows that were not handed over, until a publication tells them. */
  #withheld = 0

  constructor(demand: Demand) {
    this.demand = demand
    this.#filter = compileFilter(demand.filter)
    this.#matcher = new RowMatcher(this.#filter)
    this.#allowance = new Allowance(demand.rowsPerSecond)
  }

  get full(): boolean {
    return this.#rows.count >= FULL_ROWS
  }

  /** Whether a record of this type and slot can match: if not, it need not be looked at. */
  wants(type: number, slot: number): boolean {
    return this.#matcher.wants(type, slot)
  }

  /** Counts the record if it matches. @returns whether it is to be held, and told to `keep` */
  match(bytes: RecordBytes, at: number, completion: number, zero: TimeZero): boolean {
    if (!this.#matcher.isShallow && !this.#matches(bytes, at, completion, zero)) return false
    this.matched += 1
    return this.#allowance.rows > 0 && this.#thinner.take()
  }

  keep(place: number, timeNs: number): void {
    this.#rows.push(place, timeNs)
    if (this.#rows.count >= 2 * this.#allowance.rows) this.#halve()
  }

  /** The frames of this window, at least one when there is something to tell; the next window begins. */
  publish(window: FlushWindow): Publication[] {
    const gaps = window.gaps.filter((gap) => this.#filter.slots[gap.slot] === 1)
    const isQuiet = this.matched + gaps.length + this.#withheld === 0
    const publications = isQuiet ? [] : this.#encode(window, gaps)
    this.#begin(window.fromNs, window.toNs)
    return publications
  }

  /** Nobody takes this window: its rows are counted, and the next one begins. */
  withhold(fromNs: number, toNs: number): void {
    this.#withheld += this.matched
    this.#begin(fromNs, toNs)
  }

  /** What no publication has told: rows withheld, and these gaps. */
  takeUntold(gaps: readonly SlotGap[]): Publication[] {
    const told = gaps.filter((gap) => this.#filter.slots[gap.slot] === 1)
    const withheld = this.#takeWithheld()
    if (withheld + told.length === 0) return []
    return [{ demand: this.demand.id, frame: null, rows: 0, matched: 0, thinned: 0, withheld, gaps: told }]
  }

  #matches(bytes: RecordBytes, at: number, completion: number, zero: TimeZero): boolean {
    decodeRow(this.#matcher, bytes, at, completion, zero, false)
    return this.#matcher.matched
  }

  #halve(): void {
    this.#rows.keep(this.#rows.count >>> 1, (row) => row * 2)
    this.#thinner.widen()
  }

  #encode(window: FlushWindow, gaps: readonly SlotGap[]): Publication[] {
    const rows = this.#rows
    const kept = Math.min(rows.count, this.#allowance.rows)
    if (kept < rows.count) rows.keep(kept, (row) => spread(row, kept, rows.count))
    this.#allowance.spend(kept)
    rows.sort()
    const { encoder, held, zero } = window
    const publications: Publication[] = []
    let firstGap = 0
    let nextGap = 0
    for (let row = 0; row < kept; row += 1) {
      if (encoder.full) {
        publications.push(this.#frame(window, encoder.rows, gaps.slice(firstGap, nextGap)))
        firstGap = nextGap
      }
      while (nextGap < gaps.length && (gaps[nextGap] as SlotGap).fromNs < rows.timeNs(row)) {
        encoder.gap(gaps[nextGap++] as SlotGap)
      }
      const place = rows.held(row)
      decodeRow(encoder, held, held.recordAt(place), held.completionAt(place), zero, this.demand.bytes)
    }
    for (; nextGap < gaps.length; nextGap += 1) encoder.gap(gaps[nextGap] as SlotGap)
    const told = publications.reduce((sum, publication) => sum + publication.rows, 0)
    publications.push(this.#frame(window, this.matched - told, gaps.slice(firstGap)))
    return publications
  }

  /** @param matched what this frame accounts for: its rows, and those thinned @param gaps that it tells */
  #frame({ encoder, fromNs, toNs }: FlushWindow, matched: number, gaps: readonly SlotGap[]): Publication {
    const { rows } = encoder
    const thinned = matched - rows
    const frame = rows + gaps.length === 0 ? null : encoder.finish({ fromNs, toNs, matched, thinned })
    return { demand: this.demand.id, frame, rows, matched, thinned, withheld: this.#takeWithheld(), gaps }
  }

  #takeWithheld(): number {
    const withheld = this.#withheld
    this.#withheld = 0
    return withheld
  }

  #begin(fromNs: number, toNs: number): void {
    this.matched = 0
    this.#rows.clear()
    this.#thinner.reset()
    this.#allowance.pass((toNs - fromNs) / 1e9)
  }
}
