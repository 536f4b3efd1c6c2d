/** Sums over the ledger's rows. Different fates are never added to one number; only the same fate over types or slots. */
import { droppedOf, type Fates, type SlotName } from '@ringside/protocol'

export interface Totals {
  seen: number
  filtered: number
  sampled: number
  shed: number
  aggregated: number
  dropped: number
  submitted: number
  consumed: number
  decoded: number
  malformed: number
}

export const NO_EVENTS: Readonly<Totals> = {
  seen: 0,
  filtered: 0,
  sampled: 0,
  shed: 0,
  aggregated: 0,
  dropped: 0,
  submitted: 0,
  consumed: 0,
  decoded: 0,
  malformed: 0,
}

/** @param slot only this one's rows, or all when left out */
export function totalsOf(rows: readonly Fates[], slot?: SlotName): Totals {
  const totals = { ...NO_EVENTS }
  for (const row of rows) {
    if (slot !== undefined && row.slot !== slot) continue
    totals.seen += row.seen
    totals.filtered += row.filtered
    totals.sampled += row.sampled
    totals.shed += row.shed
    totals.aggregated += row.aggregated
    totals.dropped += droppedOf(row)
    totals.submitted += row.submitted
    totals.consumed += row.consumed
    totals.decoded += row.decoded
    totals.malformed += row.malformed
  }
  return totals
}

/** Per second, from two readings of the same counters; never below 0. */
export function perSecond(before: Totals, after: Totals, seconds: number): Totals {
  const rates = { ...NO_EVENTS }
  if (seconds <= 0) return rates
  for (const fate of Object.keys(NO_EVENTS) as (keyof Totals)[]) {
    rates[fate] = Math.max(0, after[fate] - before[fate]) / seconds
  }
  return rates
}
