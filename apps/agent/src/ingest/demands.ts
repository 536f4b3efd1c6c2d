/** All subscriptions of one flush window: hands records to those that want them, and closes the window for all at once. */
import { BatchEncoder, type SlotGap } from '@ringside/protocol'
import { LIMITS } from '../source/abi.ts'
import { DemandWindow } from './demand.ts'
import { HeldRecords } from './held-records.ts'
import type { Demand, Publication } from './messages.ts'
import type { Records } from './records.ts'
import { type TimeZero, timeOf, typeOf } from './scan.ts'

export class Demands {
  readonly #zero: TimeZero
  readonly #encoder = new BatchEncoder()
  readonly #held = new HeldRecords()
  #windows: DemandWindow[] = []
  #fromNs: number

  constructor(zero: TimeZero, fromNs: number) {
    this.#zero = zero
    this.#fromNs = fromNs
  }

  get any(): boolean {
    return this.#windows.length > 0
  }

  /** The window is to be flushed before more is taken in. */
  get full(): boolean {
    return this.#held.full || this.#windows.some((window) => window.full)
  }

  /** Whether a flush has anything to hand over. */
  anyMatched(): boolean {
    return this.#windows.some((window) => window.matched > 0)
  }

  /** To be called between two windows. A demand that stays as it was keeps its account. */
  replace(demands: readonly Demand[]): void {
    this.#windows = demands.map(
      (demand) => this.#windows.find((window) => isSame(window.demand, demand)) ?? new DemandWindow(demand),
    )
  }

  /** What no publication has told. @param gaps of windows that are over */
  takeUntold(gaps: readonly SlotGap[]): Publication[] {
    return this.#windows.flatMap((window) => window.takeUntold(gaps))
  }

  offer(records: Records): void {
    if (!this.any) return
    for (let type = 0; type < LIMITS.types; type += 1) {
      if (this.#windows.some((window) => window.wants(type, records.slot))) {
        this.#offerWanted(records)
        return
      }
    }
  }

  publish(toNs: number, gaps: readonly SlotGap[]): Publication[] {
    const flush = { encoder: this.#encoder, held: this.#held, zero: this.#zero, fromNs: this.#fromNs, toNs, gaps }
    const publications = this.#windows.flatMap((window) => window.publish(flush))
    this.#begin(toNs)
    return publications
  }

  /** Nobody can take this window. */
  withhold(toNs: number): void {
    for (const window of this.#windows) window.withhold(this.#fromNs, toNs)
    this.#begin(toNs)
  }

  #offerWanted(records: Records): void {
    const { words, at, completion, count, slot } = records
    const windows = this.#windows
    const zero = this.#zero
    for (let index = 0; index < count; index += 1) {
      const record = at[index] as number
      const type = typeOf(words, record)
      let place = 0
      for (let demand = 0; demand < windows.length; demand += 1) {
        const window = windows[demand] as DemandWindow
        if (!window.wants(type, slot) || !window.match(records, record, completion[index] as number, zero)) continue
        if (place === 0) place = this.#held.hold(records, index)
        window.keep(place, timeOf(words, record, zero))
      }
    }
  }

  #begin(fromNs: number): void {
    this.#held.clear()
    this.#fromNs = fromNs
  }
}

function isSame(a: Demand, b: Demand): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
