/** A slot's mark: three shapes, so that lines of different slots are told apart at a glance. */
import type { SlotName } from '@ringside/protocol'

const MARKS = {
  critical: <path d="M4 .5 7.6 7H.4Z" fill="var(--ink)" />,
  normal: <circle cx="4" cy="4" r="3" fill="var(--submitted)" />,
  debug: <circle cx="4" cy="4" r="2.5" fill="none" stroke="var(--thinned)" strokeWidth="1.2" />,
} as const satisfies Record<SlotName, unknown>

export function SlotMark({ slot }: { slot: SlotName }) {
  return (
    <svg viewBox="0 0 8 8" className="size-2 shrink-0" aria-hidden="true">
      {MARKS[slot]}
    </svg>
  )
}
