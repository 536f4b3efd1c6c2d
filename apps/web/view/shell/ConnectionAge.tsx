'use client'
import type { Phase } from '../../connection/state.ts'
/** How old what is shown is. */
import { lastFrameMs, useConnection } from '../../store/connection.ts'
import { duration } from '../format.ts'
import { useNow } from '../hooks/use-now.ts'
import { useStale } from './Stale.tsx'

const FRESH_MS = 1_000

const WORDS: Readonly<Record<Phase, string>> = {
  starting: 'starting',
  'signed out': 'not signed in',
  connecting: 'connecting',
  open: 'connected',
  retrying: 'disconnected',
  refused: 'refused',
}

export function ConnectionAge() {
  const phase = useConnection((state) => state.phase)
  const stale = useStale()
  const now = useNow(500)
  const age = lastFrameMs() === 0 || now === 0 ? null : now - lastFrameMs()
  const well = phase === 'open' && stale === null
  return (
    <span
      data-testid="connection"
      data-state={phase}
      className={`flex items-center gap-1.5 whitespace-nowrap text-data ${well ? 'text-faint' : 'font-medium text-dropped-ink'}`}
      title="Age of the last message from the agent"
    >
      <svg viewBox="0 0 8 8" className={`size-2 ${well ? 'text-consumed' : 'text-dropped'}`} aria-hidden="true">
        {well ? (
          <circle cx="4" cy="4" r="3" fill="currentColor" />
        ) : (
          <path d="M1 1 7 7M7 1 1 7" stroke="currentColor" strokeWidth="1.6" />
        )}
      </svg>
      {WORDS[phase]}
      {age !== null && (
        <span className="text-faint max-[1000px]:hidden">· {age < FRESH_MS ? '<1 s' : duration(age)} ago</span>
      )}
    </span>
  )
}
