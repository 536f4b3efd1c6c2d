/** What `ringside status --json` prints: the ledger by slot and type. SPEC.md [ST]. */
import type { Control, Health, Hello, Law, SlotHealth } from './messages.ts'
import { droppedOf, type VerdictState, verdictOf } from './verdict.ts'
import type { DropReason, EventType, SlotName } from './words.ts'

export interface StatusType {
  name: EventType
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
}

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
    slots: health.slots.map(({ slot, ...rest }) => ({ name: slot, ...rest, types: typesOf(health, slot) })),
    published: health.published,
    withheld: health.withheld,
    missed: health.missed,
    clients: health.clients,
    laws: health.laws,
  }
}

function typesOf(health: Health, name: SlotName): StatusType[] {
  return health.fates
    .filter((fates) => fates.slot === name)
    .map(({ slot: _, type, dropped, ...counts }) => ({
      name: type,
      ...counts,
      dropped: droppedOf({ dropped }),
      droppedBy: dropped,
    }))
}
