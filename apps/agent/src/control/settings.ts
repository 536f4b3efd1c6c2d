/** What an operator can set, at its start; and the facts about types and slots that rules and layout share. */
import {
  EVENT_TYPES,
  type EventType,
  PRESETS,
  type Preset,
  type Settings,
  SLOT_NAMES,
  type SlotName,
  TYPE_VERSIONS,
} from '@ringside/protocol'
import type { Reading } from '../ingest/messages.ts'
import type { SourceHost } from '../source/source.ts'

export const TYPE_NAMES = Object.keys(EVENT_TYPES) as EventType[]

/** The slot whose events are never sampled and never shed, and always sent. */
export const CRITICAL_SLOT: SlotName = 'critical'

export const DEFAULT_PRESET: Preset = 'priority'

const MIB = 1024 * 1024

/** Which type goes to which slot. */
export type Routes = Readonly<Record<EventType, SlotName>>

/** Bytes that an operator has asked for by slot, whether the slot is in use or not; absent: the default. */
export type Chosen = Partial<Readonly<Record<SlotName, number>>>

const DEFAULT_CAPACITIES: Readonly<Record<SlotName, number>> = {
  critical: MIB,
  normal: 8 * MIB,
  debug: 8 * MIB,
  process: MIB,
  file: 8 * MIB,
  network: 8 * MIB,
  syscall: 8 * MIB,
  hot: 16 * MIB,
  cold: MIB,
}
/** Of the slot that everything goes to. */
const SINGLE_CAPACITY = 16 * MIB

/** Fill where a slot starts to shed once its backpressure is switched on. */
const DEFAULT_WATERMARK = 0.8
/** Longest that a row is held back for those that are behind it in time: far more than a pass over all slots takes. */
const DEFAULT_ORDER_WINDOW_MS = 100

/** Bytes of a slot's buffer under these routes, where nobody has chosen. */
export function defaultCapacity(slot: SlotName, routes: Routes): number {
  const single = TYPE_NAMES.every((type) => routes[type] === 'normal')
  return single && slot === 'normal' ? SINGLE_CAPACITY : DEFAULT_CAPACITIES[slot]
}

export function defaultSettings(chosen: Chosen = {}, preset: Preset = DEFAULT_PRESET): Settings {
  const routes: Routes = PRESETS[preset]
  const used = new Set(Object.values(routes))
  return {
    paused: false,
    showSelf: false,
    order: { mode: 'time', windowMs: DEFAULT_ORDER_WINDOW_MS },
    filters: [],
    slots: recordOf(SLOT_NAMES, (slot) => ({
      capacityBytes: used.has(slot) ? (chosen[slot] ?? defaultCapacity(slot, routes)) : 0,
      sharding: 'single',
      processing: slot === 'cold' ? 'batch' : 'stream',
      rate: 1,
      backpressure: false,
      watermark: DEFAULT_WATERMARK,
    })),
    types: recordOf(TYPE_NAMES, (type) => ({
      enabled: true,
      slot: routes[type],
      rate: 1,
      mode: 'events',
      version: TYPE_VERSIONS[type],
    })),
  }
}

/** The settings at the start, as this host can have them: perf buffers are always by CPU. */
export function startSettings(settings: Settings, { transport }: Pick<SourceHost, 'transport'>): Settings {
  const asked = structuredClone(settings)
  if (transport === 'perf') for (const slot of SLOT_NAMES) asked.slots[slot].sharding = 'cpu'
  return asked
}

/** How ingest is to read under these settings. */
export function readingOf({ order, slots }: Settings): Reading {
  return { order: { ...order }, processing: SLOT_NAMES.map((slot) => slots[slot].processing) }
}

/** A record with one entry for each name. */
export function recordOf<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name, index: number) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name, index) => [name, make(name, index)])) as Record<Name, Value>
}
