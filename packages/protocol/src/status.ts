/** What `ringside status --json` prints: the ledger by slot and type. SPEC.md [ST]. */
import type { Control, Health, Hello, Law, Settings, SlotHealth } from './messages.ts'
import { droppedOf, type VerdictState, verdictOf } from './verdict.ts'
import type { DropReason, EventType, SlotName } from './words.ts'

export interface StatusType {
  name: EventType
  /** Whether events of the type are taken now; one that is off has stopped counting. */
  enabled: boolean
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
  types: StatusType[]
}

export interface Status {
  version: 1
  agentVersion: string
  epoch: string
  source: Hello['source']
  sourceReason: string | null
  host: Hello['host']
  timeMs: number
  upMs: number
  paused: boolean
  verdict: { state: VerdictState; text: string; notes: string[] }
  slots: StatusSlot[]
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
  const { state, text, notes } = verdictOf(null, health, control.applied.paused)
  return {
    version: 1,
    agentVersion: hello.agentVersion,
    epoch: health.epoch,
    source: hello.source,
    sourceReason: hello.sourceReason,
    host: hello.host,
    timeMs: health.timeMs,
    upMs: health.upMs,
    paused: control.applied.paused,
    verdict: { state, text, notes },
    slots: health.slots.map(({ slot, ...rest }) => ({
      name: slot,
      ...rest,
      types: typesOf(health, slot, control.applied),
    })),
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
      ...counts,
      dropped: droppedOf({ dropped }),
      droppedBy: dropped,
    }))
}
