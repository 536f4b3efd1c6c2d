/** Completes the ledger's pairs with those that are routed now and have seen nothing: they are told as zeros. Pure. */
import { EVENT_TYPES, type EventType, type Fates, type Settings, SLOT_NAMES, type SlotName } from '@ringside/protocol'

/** In the order of slots and types, whichever pairs are there. */
export function withRouted(fates: readonly Fates[], { types }: Settings): Fates[] {
  return SLOT_NAMES.flatMap((slot) =>
    (Object.keys(EVENT_TYPES) as EventType[]).flatMap((type) => {
      const told = fates.find((one) => one.slot === slot && one.type === type)
      if (told !== undefined) return [told]
      return types[type].slot === slot ? [nothing(slot, type)] : []
    }),
  )
}

function nothing(slot: SlotName, type: EventType): Fates {
  return {
    slot,
    type,
    seen: 0,
    filtered: 0,
    sampled: 0,
    shed: 0,
    aggregated: 0,
    dropped: { full: 0, oversize: 0, noReader: 0, other: 0 },
    submitted: 0,
    consumed: 0,
    decoded: 0,
    malformed: 0,
  }
}
