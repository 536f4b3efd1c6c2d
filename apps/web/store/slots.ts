/** Which slots there is something to show of: those with a buffer, and those whose counts still say something. Pure. */
import {
  EVENT_TYPES,
  type EventType,
  type Health,
  type Settings,
  SLOT_NAMES,
  type SlotHealth,
  type SlotName,
} from '@ringside/protocol'

/** A slot that nothing is routed to has no buffer. */
export function hasBuffer(slot: Pick<SlotHealth, 'capacityBytes'>): boolean {
  return slot.capacityBytes > 0
}

export function hasCounts(health: Pick<Health, 'fates'>, slot: SlotName): boolean {
  return health.fates.some((row) => row.slot === slot && row.seen > 0)
}

/** In the order of their numbers. */
export function shownSlots(health: Pick<Health, 'fates' | 'slots'>): SlotHealth[] {
  return health.slots
    .filter((slot) => hasBuffer(slot) || hasCounts(health, slot.slot))
    .sort((a, b) => SLOT_NAMES.indexOf(a.slot) - SLOT_NAMES.indexOf(b.slot))
}

/** Slots that have a buffer, or are about to have one. */
export function slotsInUse(...settings: readonly Settings[]): SlotName[] {
  return SLOT_NAMES.filter((slot) => settings.some(({ slots }) => slots[slot].capacityBytes > 0))
}

/** Types that go to a slot. */
export function typesIn(settings: Settings, slot: SlotName): EventType[] {
  return (Object.keys(EVENT_TYPES) as EventType[]).filter((type) => settings.types[type].slot === slot)
}

/** Share of a type's events that is kept, its buffer's share included; critical events are never sampled. */
export function rateInForce({ types, slots }: Settings, type: EventType): number {
  const { slot, rate } = types[type]
  return slot === 'critical' ? 1 : rate * slots[slot].rate
}
