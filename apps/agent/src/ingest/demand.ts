/**
 * One distinct subscription within one flush window: which decoded records match, which of them are kept, and what the
 * frame says about the rest. Counts are exact: matched = rows + thinned, in the frame that tells or thins a row.
 */
import { type CompiledFilter, compileFilter, RowMatcher, type SlotGap } from '@ringside/protocol'
import { ringBytes } from '../source/abi.ts'
import { decodeRow } from './decode.ts'
import { type FlushWindow, Frames } from './frames.ts'
import type { Demand, Publication } from './messages.ts'
import type { Records } from './records.ts'
import { RowList } from './row-list.ts'
import { sizeOf, type TimeZero, timeOf, typeOf } from './scan.ts'
import { Allowance, spread, Thinner } from './thinner.ts'

/** Beyond this the window is flushed early. */
const FULL_ROWS = 131_072

export class DemandWindow {
  readonly demand: Demand
  readonly #filter: CompiledFilter
  readonly #matcher: RowMatcher
  readonly #allowance: Allowance
  readonly #thinner = new Thinner()
  readonly #rows = new RowList()
  /** Matching rows of this window that were let go. */
  #thinned = 0
  /** Matching rows of windows that were not handed over, until a publication tells them. */
  #withheld = 0
  /** Time of the newest row that was told. */
  #toldNs = Number.NEGATIVE_INFINITY

  constructor(demand: Demand) {
    this.demand = demand
    this.#filter = compileFilter(demand.filter)
    this.#matcher = new RowMatcher(this.#filter)
    this.#allowance = new Allowance(demand.rowsPerSecond)
  }

  get full(): boolean {
    return this.#rows.count >= FULL_ROWS
  }

  /** More than half of what makes it full is put off. */
  get crowded(): boolean {
    return this.#rows.count * 2 >= FULL_ROWS
  }

  /** Rows that this window accounts for; after `close` those that its publications will tell or thin. */
  get matched(): number {
    return this.#rows.count + this.#thinned
  }

  /** Takes in a chunk. @returns whether a record of it is kept */
  offer(records: Records, zero: TimeZero): boolean {
    const { slot, count, at, completion, words } = records
    if (this.#filter.slots[slot] !== 1) return false
    const { types } = this.#filter
    const isShallow = this.#matcher.isShallow
    const rows = this.#rows
    const mayKeep = this.#allowance.rows
    const before = rows.count
    let kept = false
    for (let index = 0; index < count; index += 1) {
      const record = at[index] as number
      if (types[typeOf(words, record)] !== 1) continue
      if (!isShallow && !this.#matches(records, record, completion[index] as number, zero)) continue
      if (mayKeep === Number.POSITIVE_INFINITY) rows.push(record, timeOf(words, record, zero))
      else if (mayKeep > 0 && this.#thinner.take()) {
        rows.push(record, timeOf(words, record, zero))
        kept = true
        if (rows.count >= 2 * mayKeep) this.#halve()
      } else this.#thinned += 1
    }
    return kept || rows.count > before
  }

  /** Rows that are newer than this are left to the next window. */
  close(untilNs: number): void {
    if (untilNs !== Number.POSITIVE_INFINITY) this.#rows.putOff(untilNs)
  }

  /** Tells which records are still needed. */
  countHeld(records: Records): void {
    for (let row = 0; row < this.#rows.later; row += 1) records.countHeld(this.#rows.laterAt(row))
  }

  moveHeld(records: Records): void {
    for (let row = 0; row < this.#rows.later; row += 1) {
      this.#rows.moveLater(row, records.move(this.#rows.laterAt(row)))
    }
  }

  /** The frames of this window, at least one when there is something to tell. */
  publish(window: FlushWindow): Publication[] {
    const gaps = window.gaps.filter((gap) => this.#filter.slots[gap.slot] === 1)
    const isQuiet = this.matched + gaps.length + this.#withheld === 0
    return isQuiet ? [] : this.#encode(window, gaps)
  }

  /** Nobody takes this window: its rows are counted. */
  withhold(): void {
    this.#withheld += this.matched
  }

  /** The next window begins, with the rows that were put off. To be called after `moveHeld`. */
  begin(seconds: number): void {
    const { count, later } = this.#rows
    this.#rows.resume()
    this.#thinned = 0
    if (count > 0 || later === 0) this.#thinner.reset()
    this.#allowance.pass(seconds)
  }

  /** What no publication has told: rows withheld, and these gaps. */
  takeUntold(gaps: readonly SlotGap[]): Publication[] {
    const told = gaps.filter((gap) => this.#filter.slots[gap.slot] === 1)
    const withheld = this.#takeWithheld()
    if (withheld + told.length === 0) return []
    return [{ demand: this.demand.id, frame: null, rows: 0, matched: 0, thinned: 0, withheld, gaps: told }]
  }

  #matches(records: Records, at: number, completion: number, zero: TimeZero): boolean {
    decodeRow(this.#matcher, records, at, completion, zero, false)
    return this.#matcher.matched
  }

  #halve(): void {
    const rows = this.#rows
    const kept = rows.count >>> 1
    this.#thinned += rows.count - kept
    rows.keep(kept, (row) => row * 2)
    this.#thinner.widen()
  }

  #encode(window: FlushWindow, gaps: readonly SlotGap[]): Publication[] {
    const rows = this.#rows
    const kept = Math.min(rows.count, this.#allowance.rows)
    const frames = new Frames(window, this.demand.id, this.matched, this.#takeWithheld(), this.#toldNs)
    if (kept < rows.count) {
      const { count } = rows
      rows.keep(kept, (row) => spread(row, kept, count))
    }
    this.#allowance.spend(kept)
    if (window.byTime) rows.sort()
    const { encoder, records, zero } = window
    const { bytes } = this.demand
    let next = 0
    for (let row = 0; row < kept; row += 1) {
      const record = rows.at(row)
      if (encoder.full) frames.finish(encoder.rows)
      if (next < gaps.length) {
        const timeNs = timeOf(records.words, record, zero)
        while (next < gaps.length && (gaps[next] as SlotGap).fromNs < timeNs) frames.gap(gaps[next++] as SlotGap)
      }
      const timeNs = decodeRow(encoder, records, record, records.completionOf(record), zero, bytes)
      frames.row(timeNs, ringBytes(sizeOf(records.words, record)))
    }
    for (; next < gaps.length; next += 1) frames.gap(gaps[next] as SlotGap)
    this.#toldNs = frames.newestNs
    return frames.all()
  }

  #takeWithheld(): number {
    const withheld = this.#withheld
    this.#withheld = 0
    return withheld
  }
}
