/** What an operator can set, at its start; and the facts about types and slots that rules and layout share. */
import { EVENT_TYPES, type EventType, type Settings, SLOT_NAMES, type SlotName } from '@ringside/protocol'

export const TYPE_NAMES = Object.keys(EVENT_TYPES) as EventType[]

/** The slot whose events are never sampled and never shed. */
export const CRITICAL_SLOT: SlotName = 'critical'

const KIB = 1024
const MIB = 1024 * KIB

export const DEFAULT_CAPACITIES: Readonly<Record<SlotName, number>> = { critical: MIB, normal: 8 * MIB, debug: 8 * MIB }

const DEFAULT_ROUTES: Readonly<Record<EventType, SlotName>> = {
  fork: 'critical',
  exec: 'critical',
  exit: 'critical',
  open: 'normal',
  tcp: 'normal',
  packet: 'debug',
  syscall: 'debug',
  load: 'debug',
  tick: 'debug',
}

/** Fill where a slot starts to shed once its backpressure is switched on. */
const DEFAULT_WATERMARK = 0.8

export function defaultSettings(capacities: Readonly<Record<SlotName, number>> = DEFAULT_CAPACITIES): Settings {
  return {
    paused: false,
    showSelf: false,
    slots: recordOf(SLOT_NAMES, (slot) => ({
      capacityBytes: capacities[slot],
      backpressure: false,
      watermark: DEFAULT_WATERMARK,
    })),
    types: recordOf(TYPE_NAMES, (type) => ({ enabled: true, slot: DEFAULT_ROUTES[type], rate: 1 })),
  }
}

/** A record with one entry for each name. */
export function recordOf<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name, index: number) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name, index) => [name, make(name, index)])) as Record<Name, Value>
}
