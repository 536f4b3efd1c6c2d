/** Settings and control messages for tests: everything on by default, each part replaceable. */
import { type Control, EVENT_TYPES, type EventType, type Settings, type SlotName } from '@ringside/protocol'

const SLOTS: Readonly<Partial<Record<EventType, SlotName>>> = {
  fork: 'critical',
  exec: 'critical',
  exit: 'critical',
  open: 'normal',
  tcp: 'normal',
}

export function makeSettings(change: { paused?: boolean; off?: readonly EventType[] } = {}): Settings {
  const { paused = false, off = [] } = change
  const slot = { capacityBytes: 8192, backpressure: false, watermark: 0.8 }
  const types = (Object.keys(EVENT_TYPES) as EventType[]).map(
    (type) => [type, { enabled: !off.includes(type), slot: SLOTS[type] ?? 'debug', rate: 1 }] as const,
  )
  return {
    paused,
    showSelf: false,
    slots: { critical: slot, normal: slot, debug: slot },
    types: Object.fromEntries(types) as Settings['types'],
  }
}

export function makeControl(
  change: { paused?: boolean; off?: readonly EventType[]; history?: Control['history'] } = {},
): Control {
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
