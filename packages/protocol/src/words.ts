/** The vocabulary that agent and page share: slots, event types, fates. Numbers are the record contract's. */

/** A named place for a buffer. The index is the number that records carry. */
export const SLOT_NAMES = [
  'critical',
  'normal',
  'debug',
  'process',
  'file',
  'network',
  'syscall',
  'hot',
  'cold',
] as const
export type SlotName = (typeof SLOT_NAMES)[number]

/** Event type → number in a record's header. */
export const EVENT_TYPES = {
  fork: 1,
  exec: 2,
  exit: 3,
  open: 4,
  tcp: 5,
  packet: 6,
  syscall: 7,
  load: 8,
  tick: 9,
} as const
export type EventType = keyof typeof EVENT_TYPES

/** Tables of routes that have a name: which type goes to which slot. */
export const PRESETS = {
  single: {
    ...{ fork: 'normal', exec: 'normal', exit: 'normal', open: 'normal', tcp: 'normal' },
    ...{ packet: 'normal', syscall: 'normal', load: 'normal', tick: 'normal' },
  },
  priority: {
    ...{ fork: 'critical', exec: 'critical', exit: 'critical', open: 'normal', tcp: 'normal' },
    ...{ packet: 'debug', syscall: 'debug', load: 'debug', tick: 'debug' },
  },
  subsystem: {
    ...{ fork: 'process', exec: 'process', exit: 'process', open: 'file', tcp: 'network' },
    ...{ packet: 'network', syscall: 'syscall', load: 'syscall', tick: 'syscall' },
  },
  'hot-cold': {
    ...{ fork: 'cold', exec: 'cold', exit: 'cold', open: 'hot', tcp: 'cold' },
    ...{ packet: 'hot', syscall: 'hot', load: 'hot', tick: 'hot' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<EventType, SlotName>>>>
export type Preset = keyof typeof PRESETS

/** The preset that routes all types as they are routed, or `custom`. */
export function presetOf(types: Readonly<Record<EventType, { readonly slot: SlotName }>>): Preset | 'custom' {
  const presets = Object.entries(PRESETS) as [Preset, Readonly<Record<EventType, SlotName>>][]
  const all = Object.keys(EVENT_TYPES) as EventType[]
  return presets.find(([, routes]) => all.every((type) => routes[type] === types[type].slot))?.[0] ?? 'custom'
}

/** How many versions of a type's record there are; the newest is the last. */
export const TYPE_VERSIONS: Readonly<Record<EventType, number>> = {
  ...{ fork: 1, exec: 2, exit: 1, open: 1, tcp: 1, packet: 1, syscall: 1, load: 1, tick: 1 },
}

/** How records get out of the kernel. */
export const TRANSPORTS = ['ring', 'perf'] as const
export type Transport = (typeof TRANSPORTS)[number]

/** The subsystem that a type belongs to: what the page groups by. */
export const SUBSYSTEM: Readonly<Record<EventType, 'process' | 'file' | 'network' | 'syscall' | 'load'>> = {
  fork: 'process',
  exec: 'process',
  exit: 'process',
  open: 'file',
  tcp: 'network',
  packet: 'network',
  syscall: 'syscall',
  load: 'load',
  tick: 'load',
}

/** Why an output failed. */
export const DROP_REASONS = ['full', 'oversize', 'noReader', 'other'] as const
export type DropReason = (typeof DROP_REASONS)[number]

/** A sampling threshold that keeps everything. */
export const RATE_ALL = 0xffff_ffff

/** How many seen events one kept event stands for, under a 32-bit sampling threshold. */
export function weightOf(threshold: number): number {
  return threshold === RATE_ALL ? 1 : threshold === 0 ? 0 : 2 ** 32 / threshold
}

/** The threshold for a sampling rate in [0, 1]. */
export function thresholdOf(rate: number): number {
  return rate >= 1 ? RATE_ALL : Math.max(0, Math.min(RATE_ALL - 1, Math.round(rate * 2 ** 32)))
}
