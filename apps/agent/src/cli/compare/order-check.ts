/**
 * How far from the order of time records come: as they are read, and after ingest's own rule has put them in order, which
 * holds them until all that is older has been read, at most for its window. Times are ns in a clock of the caller's. Pure.
 */
import { HoldBack } from '../../ingest/hold-back.ts'
import { RowList } from '../../ingest/row-list.ts'

/** As the agent does by default. */
const WINDOW_MS = 100
const FLUSH_MS = 16
const NS_PER_MS = 1e6
const FIRST_TIMES = 4096

export class OrderCheck {
  /** Records older than one that had been read before. */
  inversions = 0
  /** Records older than one that had been told before, although they were held for it. */
  late = 0
  readonly #slot: number
  readonly #holdBack: HoldBack
  readonly #rows = new RowList()
  /** Of the rows, where they say. */
  #times = new Float64Array(FIRST_TIMES)
  #timesNext = new Float64Array(FIRST_TIMES)
  #newestNs = Number.NEGATIVE_INFINITY
  #toldNs = Number.NEGATIVE_INFINITY
  #flushDueNs: number

  constructor(slot: number, nowNs: number) {
    this.#slot = slot
    this.#holdBack = new HoldBack(WINDOW_MS, FLUSH_MS, nowNs)
    this.#flushDueNs = nowNs + FLUSH_MS * NS_PER_MS
  }

  take(timeNs: number): void {
    if (timeNs < this.#newestNs) this.inversions += 1
    else this.#newestNs = timeNs
    const at = this.#rows.count
    if (at === this.#times.length) this.#grow()
    this.#times[at] = timeNs
    this.#rows.push(at, timeNs)
  }

  /** All that was written before `notedNs` has been read. */
  pass(notedNs: number, nowNs: number): void {
    this.#holdBack.complete(this.#slot, notedNs)
    if (nowNs < this.#flushDueNs) return
    this.#flushDueNs = nowNs + FLUSH_MS * NS_PER_MS
    this.#tell(this.#holdBack.untilNs(nowNs, this.#newestNs))
  }

  /** Nothing comes any more. */
  end(): void {
    this.#tell(Number.POSITIVE_INFINITY)
  }

  #tell(untilNs: number): void {
    const rows = this.#rows
    rows.putOff(untilNs)
    rows.sort()
    for (let row = 0; row < rows.count; row += 1) {
      const timeNs = this.#times[rows.at(row)] as number
      if (timeNs < this.#toldNs) this.late += 1
      else this.#toldNs = timeNs
    }
    for (let row = 0; row < rows.later; row += 1) {
      this.#timesNext[row] = this.#times[rows.laterAt(row)] as number
      rows.moveLater(row, row)
    }
    const times = this.#times
    this.#times = this.#timesNext
    this.#timesNext = times
    rows.resume()
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2)
    times.set(this.#times)
    this.#times = times
    this.#timesNext = new Float64Array(times.length)
  }
}
