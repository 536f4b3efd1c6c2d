/** All subscriptions of one flush window: hands records to those that want them, and closes the window for all at once. */
import { BatchEncoder, type SlotGap } from '@ringside/protocol'
import { DemandWindow } from './demand.ts'
import type { Demand, Publication } from './messages.ts'
import type { Records } from './records.ts'
import type { TimeZero } from './scan.ts'

/** Which rows a flush tells: those up to a time, the others are held back; and in which order. */
export interface Release {
  untilNs: number
  byTime: boolean
}

export class Demands {
  readonly #zero: TimeZero
  readonly #records: Records
  readonly #encoder = new BatchEncoder()
  #windows: DemandWindow[] = []
  #fromNs: number

  constructor(zero: TimeZero, fromNs: number, records: Records) {
    this.#zero = zero
    this.#fromNs = fromNs
    this.#records = records
  }

  get any(): boolean {
    return this.#windows.length > 0
  }

  /** The window is to be flushed before more is taken in. */
  get full(): boolean {
    return this.#records.full || this.#windows.some((window) => window.full)
  }

  /** So much is held back that the next flush would soon be due again. */
  get crowded(): boolean {
    return this.#records.crowded || this.#windows.some((window) => window.crowded)
  }

  /** Takes in the chunk that `records` stands for. */
  offer(): void {
    let kept = false
    for (const window of this.#windows) if (window.offer(this.#records, this.#zero)) kept = true
    if (kept) this.#records.hold()
  }

  /** The window ends, but for the rows that are newer than this. @returns records that are held back for some demand */
  close(untilNs: number): number {
    this.#records.beginCount()
    for (const window of this.#windows) {
      window.close(untilNs)
      window.countHeld(this.#records)
    }
    return this.#records.held
  }

  /** Whether a demand has anything to be told of the window that was closed. */
  anyMatched(): boolean {
    return this.#windows.some((window) => window.matched > 0)
  }

  publish(toNs: number, byTime: boolean, gaps: readonly SlotGap[]): Publication[] {
    const common = { encoder: this.#encoder, records: this.#records, zero: this.#zero }
    const flush = { ...common, fromNs: this.#fromNs, toNs, byTime, gaps }
    return this.#windows.flatMap((window) => window.publish(flush))
  }

  /** Nobody can take the window that was closed. */
  withhold(): void {
    for (const window of this.#windows) window.withhold()
  }

  /** The next window begins. */
  begin(fromNs: number): void {
    if (this.#records.isWorthMoving) {
      for (const window of this.#windows) window.moveHeld(this.#records)
      this.#records.endMove()
    }
    const seconds = (fromNs - this.#fromNs) / 1e9
    for (const window of this.#windows) window.begin(seconds)
    this.#fromNs = fromNs
  }

  /** To be called between two windows, with nothing held back. A demand that stays as it was keeps its account. */
  replace(demands: readonly Demand[]): void {
    this.#windows = demands.map(
      (demand) => this.#windows.find((window) => isSame(window.demand, demand)) ?? new DemandWindow(demand),
    )
  }

  /** What no publication has told. @param gaps of windows that are over */
  takeUntold(gaps: readonly SlotGap[]): Publication[] {
    return this.#windows.flatMap((window) => window.takeUntold(gaps))
  }
}

function isSame(a: Demand, b: Demand): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
