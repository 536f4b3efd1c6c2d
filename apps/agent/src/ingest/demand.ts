/**
 * One distinct subscription within one flush window: which decoded records match, which of them are kept, and what the
 * frame says about the rest. Counts are exact: matched = rows + thinned.
 */
import { type BatchEncoder, type CompiledFilter, compileFilter, RowMatcher } from '@ringside/protocol'
import { decodeRow, type RecordBytes } from './decode.ts'
import type { SlotGap } from './gaps.ts'
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
  /** Matching rows of windows that were not handed over. */
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
    const publications = this.matched === 0 && gaps.length === 0 ? [] : this.#encode(window, gaps)
    this.#begin(window.fromNs, window.toNs)
    return publications
  }

  /** Nobody takes this window: its rows are counted, and the next one begins. */
  withhold(fromNs: number, toNs: number): void {
    this.#withheld += this.matched
    this.#begin(fromNs, toNs)
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
    let nextGap = 0
    for (let row = 0; row < kept; row += 1) {
      if (encoder.full) publications.push(this.#frame(window, encoder.rows))
      while (nextGap < gaps.length && (gaps[nextGap] as SlotGap).fromNs < rows.timeNs(row)) {
        encoder.gap(gaps[nextGap++] as SlotGap)
      }
      const place = rows.held(row)
      decodeRow(encoder, held, held.recordAt(place), held.completionAt(place), zero, this.demand.bytes)
    }
    for (; nextGap < gaps.length; nextGap += 1) encoder.gap(gaps[nextGap] as SlotGap)
    const told = publications.reduce((sum, publication) => sum + publication.rows, 0)
    publications.push(this.#frame(window, this.matched - told))
    return publications
  }

  /** @param matched what this frame accounts for: its rows, and those thinned */
  #frame({ encoder, fromNs, toNs }: FlushWindow, matched: number): Publication {
    const { rows, gaps } = encoder
    const thinned = matched - rows
    const frame =
      rows + gaps === 0 ? null : encoder.finish({ fromNs, toNs, matched, thinned, withheld: this.#withheld })
    return { demand: this.demand.id, frame, rows, matched, thinned }
  }

  #begin(fromNs: number, toNs: number): void {
    this.matched = 0
    this.#rows.clear()
    this.#thinner.reset()
    this.#allowance.pass((toNs - fromNs) / 1e9)
  }
}
