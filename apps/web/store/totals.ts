/** Sums over the ledger's rows, and what they grew by. Different fates are never added to one number; only the same fate over types or slots. */
import { changeOf, droppedOf, type Fates, type Health, type SlotName } from '@ringside/protocol'

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

/** What each fate grew by, or by how much a second: null where one of its counters went down, which is a fault. */
export type Growth = Readonly<Record<keyof Totals, number | null>>

type Reading = Pick<Health, 'epoch' | 'timeMs' | 'fates'>

/** [ACC-11] Of each pair by itself: what one gains hides no fall of another. @param slot only this one's, or all when left out */
export function growthOf(before: Reading, after: Reading, slot?: SlotName): Growth {
  const growth: Record<keyof Totals, number | null> = { ...NO_EVENTS }
  for (const pair of pairsOf(before, after, slot)) {
    const [from, to] = [before, after].map(({ fates }) => totalsOf(fates.filter((row) => pairOf(row) === pair)))
    for (const fate of Object.keys(growth) as (keyof Totals)[]) {
      const change = changeOf(
        { epoch: before.epoch, timeMs: before.timeMs, count: from?.[fate] ?? 0 },
        { epoch: after.epoch, timeMs: after.timeMs, count: to?.[fate] ?? 0 },
      )
      const sum = growth[fate]
      growth[fate] = sum === null || change.state !== 'change' ? null : sum + change.by
    }
  }
  return growth
}

/** @param seconds above 0 */
export function perSecond(growth: Growth, seconds: number): Growth {
  const rates = Object.entries(growth).map(([fate, by]) => [fate, by === null ? null : by / seconds])
  return Object.fromEntries(rates) as Record<keyof Totals, number | null>
}

function pairsOf(before: Reading, after: Reading, slot: SlotName | undefined): Set<string> {
  const rows = [...before.fates, ...after.fates].filter((row) => slot === undefined || row.slot === slot)
  return new Set(rows.map(pairOf))
}

function pairOf({ slot, type }: Pick<Fates, 'slot' | 'type'>): string {
  return `${slot} ${type}`
}
