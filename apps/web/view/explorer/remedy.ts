/** What an operator can do against loss in a slot, as links to the control that does it, with the value as a draft. */
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
    const size = formatBytes(capacity * 2)
    const query = new URLSearchParams({ [`resize-${slot}`]: size })
    steps.push({ text: `make ${slot} ${size}`, href: `/control/?${query}#buffer-${slot}` })
  }
  if (type !== null && slot !== 'critical') {
    const rate = (applied?.types[type].rate ?? 1) / 10
    const percent = Number((rate * 100).toPrecision(2))
    steps.push({
      text: `sample ${type} at ${percent} %`,
      href: `/control/?sampling-${type}=${percent}#type-${type}`,
    })
  }
  return steps
}
