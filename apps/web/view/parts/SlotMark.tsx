/** A slot's mark: a shape each, so that lines of different slots are told apart at a glance and without their colour. */
import type { SlotName } from '@ringside/protocol'
import type { ReactNode } from 'react'

const OUTLINE = { fill: 'none', strokeWidth: 1.2 } as const

const MARKS: Readonly<Record<SlotName, ReactNode>> = {
  critical: <path d="M4 .5 7.6 7H.4Z" fill="var(--ink)" />,
  normal: <circle cx="4" cy="4" r="3" fill="var(--submitted)" />,
  debug: <circle cx="4" cy="4" r="2.7" stroke="var(--thinned-ink)" {...OUTLINE} />,
  process: <path d="M4 1.1 7 6.9H1Z" stroke="var(--ink)" {...OUTLINE} />,
  file: <rect x="1" y="1" width="6" height="6" fill="var(--submitted)" />,
  network: <path d="M4 .3 7.7 4 4 7.7.3 4Z" fill="var(--thinned-ink)" />,
  syscall: <path d="M4 1 7 4 4 7 1 4Z" stroke="var(--submitted)" {...OUTLINE} />,
  hot: <path d="M4 .6v6.8M.6 4h6.8" stroke="var(--submitted)" strokeWidth="2" />,
  cold: <path d="M.6 4h6.8" stroke="var(--thinned-ink)" strokeWidth="2" />,
}

export function SlotMark({ slot }: { slot: SlotName }) {
  return (
    <svg viewBox="0 0 8 8" className="size-2 shrink-0" aria-hidden="true">
      {MARKS[slot]}
    </svg>
  )
}
