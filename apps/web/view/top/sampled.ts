/** Whether a top table counts types that are sampled: then its counts are estimates, and are marked as such. Pure. */
import { EVENTS, type EventType, type Settings, type TopTable } from '@ringside/protocol'
import { rateInForce } from '../../store/slots.ts'
import { TYPE_NAMES } from '../../store/ui.ts'

const FEEDS: Readonly<Record<TopTable, (type: EventType) => boolean>> = {
  process: (type) => EVENTS[type].hasTask,
  syscall: (type) => type === 'syscall',
  file: (type) => type === 'open',
  remote: (type) => type === 'tcp' || type === 'packet',
}

export function feedsSampled(applied: Settings, table: TopTable): boolean {
  return TYPE_NAMES.some((type) => FEEDS[table](type) && applied.types[type].enabled && rateInForce(applied, type) < 1)
}
