/** What an operator can do against loss in a slot, as links to the control that does it. */
import { type EventType, formatBytes, type Settings, type SlotName } from '@ringside/protocol'

export interface Step {
  readonly text: string
  readonly href: string
}

const MOST_BYTES = 64 * 1024 * 1024

/** @param type what is mostly lost; null while unknown @param applied what is in force; null while unknown */
export function remedyOf(slot: SlotName, type: EventType | null, applied: Settings | null): Step[] {
  const steps: Step[] = []
  const capacity = applied?.slots[slot].capacityBytes ?? 0
  if (capacity > 0 && capacity * 2 <= MOST_BYTES) {
    steps.push({ text: `make ${slot} ${formatBytes(capacity * 2)}`, href: `/control/#buffer-${slot}` })
  }
  if (type !== null && slot !== 'critical') {
    const rate = (applied?.types[type].rate ?? 1) / 10
    steps.push({ text: `sample ${type} at ${Number((rate * 100).toPrecision(2))} %`, href: `/control/#type-${type}` })
  }
  return steps
}
