/** [VER5] Which counters of a health message are lower than in one before it, or are gone: none ever may be. Pure. */
import type { Fates, Health, SlotHealth } from './messages/ledger.ts'
import { DROP_REASONS } from './words.ts'

type Counters = readonly (readonly [name: string, value: number])[]

/** The counters that fell, in words. @param first, last of one epoch, in their order */
export function fallenCounters(first: Health, last: Health): string[] {
  const isMissedKnown = first.missed !== null && last.missed !== null
  return [
    ...first.fates.flatMap((before) => {
      const after = last.fates.find(({ slot, type }) => slot === before.slot && type === before.type)
      return fallen(countersOf(before), after && countersOf(after)).map(
        (name) => `${name} of ${before.slot} ${before.type}`,
      )
    }),
    ...first.slots.flatMap((before) => {
      const after = last.slots.find(({ slot }) => slot === before.slot)
      const isTold = before.toldLost !== null && after?.toldLost !== null
      return fallen(
        slotCountersOf(before, isTold, after !== undefined),
        after && slotCountersOf(after, isTold, true),
      ).map((name) => `${name} of ${before.slot}`)
    }),
    ...fallen(totalsOf(first, isMissedKnown), totalsOf(last, isMissedKnown)),
  ]
}

/** What is not there any more has fallen to nothing. */
function fallen(before: Counters, after: Counters | undefined): string[] {
  return before.filter(([, value], index) => value > (after?.[index]?.[1] ?? 0)).map(([name]) => name)
}

function countersOf(fates: Fates): Counters {
  const { seen, filtered, sampled, shed, aggregated, dropped, submitted, consumed, decoded, malformed } = fates
  const counts = { seen, filtered, sampled, shed, aggregated, submitted, consumed, decoded, malformed }
  return [...Object.entries(counts), ...DROP_REASONS.map((reason) => [`dropped (${reason})`, dropped[reason]] as const)]
}

/**
 * A tail becomes a gap when a later record arrives: only their sum never falls. `toldLost` is compared where both tell it,
 * resizes while the slot is there: one without a buffer and without events is not told any more.
 */
function slotCountersOf(slot: SlotHealth, isTold: boolean, isThere: boolean): Counters {
  const { gaps, tail, consumedBytes, ringEpoch, droppedBlocked } = slot
  const toldLost = isTold ? (slot.toldLost ?? 0) : 0
  return Object.entries({
    ...{ gaps, 'gaps + tail': gaps + tail, consumedBytes, resizes: isThere ? ringEpoch : 0 },
    ...{ 'drops while blocked': droppedBlocked, 'lost as told': toldLost },
  })
}

/** `missed` is compared only where both tell it. Places of drops change between those shown and the rest: only the sum stays. */
function totalsOf(health: Health, isMissedKnown: boolean): Counters {
  const { published, withheld, missed, untabled, drops, dropsElsewhere } = health
  const placed = drops.reduce((sum, drop) => sum + drop.count, dropsElsewhere)
  const tables = Object.entries(untabled).map(([table, count]) => [`untabled ${table}`, count] as const)
  return [
    ...Object.entries({ published, withheld, missed: isMissedKnown ? (missed ?? 0) : 0, 'drops by place': placed }),
    ...tables,
  ]
}
