/** Settings and control messages for tests: by priority and everything on by default, each part replaceable. */
import {
  type Control,
  EVENT_TYPES,
  type EventType,
  PRESETS,
  type Preset,
  type Settings,
  SLOT_NAMES,
  type SlotName,
} from '@ringside/protocol'

export interface Change {
  paused?: boolean
  off?: readonly EventType[]
  preset?: Preset
  slots?: Partial<Record<SlotName, Partial<Settings['slots'][SlotName]>>>
  types?: Partial<Record<EventType, Partial<Settings['types'][EventType]>>>
  filters?: Settings['filters']
}

const CAPACITY_BYTES = 8192

export function makeSettings(change: Change = {}): Settings {
  const { paused = false, off = [], preset = 'priority', filters = [] } = change
  const routes: Readonly<Record<EventType, SlotName>> = PRESETS[preset]
  const used = new Set(Object.values(routes))
  const types = (Object.keys(EVENT_TYPES) as EventType[]).map((type) => {
    const settings = { enabled: !off.includes(type), slot: routes[type], rate: 1, mode: 'events', version: 1 } as const
    return [type, { ...settings, ...change.types?.[type] }] as const
  })
  const slots = SLOT_NAMES.map((slot) => {
    const capacityBytes = used.has(slot) ? CAPACITY_BYTES : 0
    const reading = { sharding: 'single', processing: 'stream', rate: 1, backpressure: false, watermark: 0.8 } as const
    return [slot, { capacityBytes, ...reading, ...change.slots?.[slot] }] as const
  })
  return {
    paused,
    showSelf: false,
    order: { mode: 'time', windowMs: 50 },
    filters,
    slots: Object.fromEntries(slots) as Settings['slots'],
    types: Object.fromEntries(types) as Settings['types'],
  }
}

export function makeControl(change: Change & { history?: Control['history'] } = {}): Control {
  const settings = makeSettings(change)
  return {
    type: 'control',
    revision: 0,
    asked: settings,
    applied: settings,
    pending: [],
    history: change.history ?? [],
  }
}
