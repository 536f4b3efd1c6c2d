/** What `ringside status --json` prints: the ledger by slot and type. SPEC.md [ST]. */
import { droppedOf } from './changes.ts'
import { formatCount } from './format.ts'
import type { Drop, Health, Law, SlotHealth } from './messages/ledger.ts'
import type { Control, Settings } from './messages/settings.ts'
import type { Hello } from './messages.ts'
import { describeRule } from './rules.ts'
import { type VerdictState, verdictOf } from './verdict.ts'
import { type DropReason, type EventType, type Preset, presetOf, type SlotName } from './words.ts'

export interface StatusType {
  name: EventType
  /** Whether events of the type are taken now; one that is off has stopped counting. */
  enabled: boolean
  /** Share of events kept: the type's and the slot's together. */
  rate: number
  mode: Settings['types'][EventType]['mode']
  recordVersion: number
  seen: number
  filtered: number
  sampled: number
  shed: number
  aggregated: number
  /** Sum of `droppedBy`. */
  dropped: number
  droppedBy: Record<DropReason, number>
  submitted: number
  consumed: number
  decoded: number
  malformed: number
}

export interface StatusSlot extends Omit<SlotHealth, 'slot'> {
  name: SlotName
  sharding: Settings['slots'][SlotName]['sharding']
  processing: Settings['slots'][SlotName]['processing']
  /** Share of events kept, on top of their type's. */
  rate: number
  types: StatusType[]
}

export interface Status {
  version: 1
  agentVersion: string
  epoch: string
  source: Hello['source']
  sourceReason: string | null
  transport: Hello['transport']
  transportReason: string | null
  host: Hello['host']
  timeMs: number
  upMs: number
  paused: boolean
  layout: Preset | 'custom'
  order: Settings['order']
  /** One line each, as parseRule reads them. */
  filters: string[]
  verdict: { state: VerdictState; text: string; notes: string[] }
  slots: StatusSlot[]
  /** Where most was dropped, and why; `dropsElsewhere` is the rest. */
  drops: Drop[]
  dropsElsewhere: number
  untabled: Health['untabled']
  published: number
  withheld: number
  missed: number | null
  clients: number
  laws: Law[]
  /** Laws that this agent cannot evaluate, since their numbers are elsewhere. */
  lawsElsewhere: { id: Law['id']; where: 'page'; text: string }[]
}

const LAWS_ELSEWHERE: Status['lawsElsewhere'] = [
  { id: 'L5', where: 'page', text: 'received = kept + evicted: each page evaluates it of itself, and shows it' },
]

export function statusOf(hello: Hello, health: Health, control: Control): Status {
  const { applied } = control
  const { state, text, notes } = verdictOf(null, health, applied.paused)
  return {
    version: 1,
    agentVersion: hello.agentVersion,
    epoch: health.epoch,
    source: hello.source,
    sourceReason: hello.sourceReason,
    transport: hello.transport,
    transportReason: hello.transportReason,
    host: hello.host,
    timeMs: health.timeMs,
    upMs: health.upMs,
    paused: applied.paused,
    layout: presetOf(applied.types),
    order: applied.order,
    filters: applied.filters.map(describeRule),
    verdict: { state, text, notes },
    slots: health.slots.map(({ slot, ...rest }) => ({
      name: slot,
      ...rest,
      sharding: applied.slots[slot].sharding,
      processing: applied.slots[slot].processing,
      rate: applied.slots[slot].rate,
      types: typesOf(health, slot, applied),
    })),
    drops: health.drops,
    dropsElsewhere: health.dropsElsewhere,
    untabled: health.untabled,
    published: health.published,
    withheld: health.withheld,
    missed: health.missed,
    clients: health.clients,
    laws: health.laws,
    lawsElsewhere: LAWS_ELSEWHERE,
  }
}

function typesOf(health: Health, name: SlotName, settings: Settings): StatusType[] {
  return health.fates
    .filter((fates) => fates.slot === name)
    .map(({ slot: _, type, dropped, ...counts }) => ({
      name: type,
      enabled: settings.types[type].enabled,
      rate: settings.types[type].rate * settings.slots[name].rate,
      mode: settings.types[type].mode,
      recordVersion: settings.types[type].version,
      ...counts,
      dropped: droppedOf({ dropped }),
      droppedBy: dropped,
    }))
}

const DROP_TEXTS: Readonly<Record<DropReason, string>> = {
  full: 'the buffer was full',
  oversize: 'the record was larger than the buffer',
  noReader: 'the slot held no buffer',
  other: 'the buffer was locked, or nested too deep',
}

/** "1,204 syscall in debug on CPU 3: the buffer was full". */
export function describeDrop({ count, type, slot, cpu, reason }: Drop): string {
  return `${formatCount(count)} ${type} in ${slot} on CPU ${cpu}: ${DROP_TEXTS[reason]}`
}
