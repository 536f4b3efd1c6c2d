/** Messages as an agent would send them, to change from. */

import type { Fates, Health, SlotHealth } from '../src/messages/ledger.ts'
import type { Control, Settings } from '../src/messages/settings.ts'
import { type Hello, PROTOCOL_VERSION } from '../src/messages.ts'
import { EVENT_TYPES, type EventType, SLOT_NAMES, type SlotName, TYPE_VERSIONS } from '../src/words.ts'

const MIB = 1024 * 1024
/** The slots that have a buffer. */
const BY_PRIORITY: readonly SlotName[] = ['critical', 'normal', 'debug']

export function helloOf(changes: Partial<Hello> = {}): Hello {
  return {
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    agentVersion: '0.1.0',
    epoch: 'e1',
    source: 'kernel',
    sourceReason: null,
    transport: 'ring',
    transportReason: null,
    host: { name: 'host', kernel: '6.18.0', cpus: 2 },
    timeZeroMs: 1.7e12,
    clientId: 1,
    ...changes,
  }
}

export function slotOf(slot: SlotName, changes: Partial<SlotHealth> = {}): SlotHealth {
  return {
    slot,
    ringEpoch: 0,
    parts: 1,
    capacityBytes: 8 * MIB,
    usedBytes: 0,
    highWaterBytes: 4096,
    highWaterEverBytes: 8192,
    reader: 'sleeping',
    faultyParts: 0,
    blockedMs: 0,
    droppedBlocked: 0,
    largestFitBytes: 8 * MIB - 8,
    toldLost: null,
    gaps: 0,
    tail: 0,
    firstDropMs: null,
    lastDropMs: null,
    shedding: false,
    consumedBytes: 0,
    ...changes,
  }
}

/** A (slot, type) of which everything seen was decoded, but for the changes. */
export function fatesOf(slot: SlotName, type: EventType, seen: number, changes: Partial<Fates> = {}): Fates {
  const kept = seen - (changes.sampled ?? 0) - (changes.shed ?? 0) - (changes.dropped?.full ?? 0)
  return {
    slot,
    type,
    seen,
    filtered: 0,
    sampled: 0,
    shed: 0,
    aggregated: 0,
    dropped: { full: 0, oversize: 0, noReader: 0, other: 0 },
    submitted: kept,
    consumed: kept,
    decoded: kept,
    malformed: 0,
    ...changes,
  }
}

export function healthOf(changes: Partial<Health> = {}): Health {
  return {
    type: 'health',
    epoch: 'e1',
    number: 1,
    timeMs: 1.7e12 + 10_000,
    upMs: 10_000,
    slots: BY_PRIORITY.map((slot) => slotOf(slot)),
    fates: [fatesOf('debug', 'syscall', 1000)],
    drops: [],
    dropsElsewhere: 0,
    untabled: { connections: 0, windows: 0, heavy: 0 },
    published: 1000,
    withheld: 0,
    missed: 0,
    laws: [
      {
        id: 'L1',
        scope: 'debug',
        left: 1000,
        right: 1000,
        difference: 0,
        inFlight: 0,
        verdict: 'exact',
        text: 'seen 1,000 = submitted 1,000',
      },
    ],
    client: null,
    clients: 1,
    ...changes,
  }
}

export function settingsOf(changes: Partial<Settings> = {}): Settings {
  const slots = SLOT_NAMES.map((slot) => [
    slot,
    {
      ...{ capacityBytes: BY_PRIORITY.includes(slot) ? 8 * MIB : 0, sharding: 'single', processing: 'stream' },
      ...{ rate: 1, backpressure: false, watermark: 0.8 },
    },
  ])
  const types = Object.keys(EVENT_TYPES).map((type) => [
    type,
    { enabled: true, slot: 'debug', rate: 1, mode: 'events', version: TYPE_VERSIONS[type as EventType] },
  ])
  return {
    paused: false,
    showSelf: false,
    order: { mode: 'time', windowMs: 100 },
    filters: [],
    slots: Object.fromEntries(slots) as Settings['slots'],
    types: Object.fromEntries(types) as Settings['types'],
    ...changes,
  }
}

export function controlOf(changes: Partial<Control> = {}): Control {
  return {
    type: 'control',
    revision: 0,
    asked: settingsOf(),
    applied: settingsOf(),
    pending: [],
    history: [],
    ...changes,
  }
}
