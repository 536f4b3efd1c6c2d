'use client'
/** Never silently stale: since when nothing came, why, and what to do. */
import { Unplug } from 'lucide-react'
import { SILENT_AFTER_MS } from '../../connection/state.ts'
import { useAgent } from '../../store/agent.ts'
import { lastFrameMs, retryNow, useConnection } from '../../store/connection.ts'
import { clock, duration } from '../format.ts'
import { useNow } from '../hooks/use-now.ts'
import { Button } from '../parts/panel.tsx'
import { Words } from '../parts/Words.tsx'

export interface Stale {
  /** When the last frame came, ms; null when none ever did. */
  sinceMs: number | null
  cause: string
  hint: string
}

/** Why what is shown is not of now; null when it is. A start that takes its ordinary moment is not stale. */
export function useStale(): Stale | null {
  const { phase, sinceMs, attempts, cause, hint } = useConnection()
  const shown = useAgent((state) => state.health !== null)
  const now = useNow(500)
  if (now === 0) return null
  const last = lastFrameMs() === 0 ? null : lastFrameMs()
  if (phase === 'open') {
    if (last === null || now - last < SILENT_AFTER_MS) return null
    return {
      sinceMs: last,
      cause: 'The connection is open, but nothing comes.',
      hint: 'The agent or the network hangs. The page connects anew after 12 s.',
    }
  }
  if (!shown && attempts <= 1 && now - sinceMs < SILENT_AFTER_MS) return null
  if (phase === 'starting') return null
  return {
    sinceMs: last,
    cause: cause ?? 'Connecting to the agent.',
    hint: hint ?? 'The page tries again by itself.',
  }
}

export function StaleBanner() {
  const stale = useStale()
  const signedOut = useConnection((state) => state.phase === 'signed out')
  const now = useNow(1000)
  // The room itself asks to sign in: to try again would not help.
  if (stale === null || signedOut) return null
  return (
    <div
      role="alert"
      data-testid="stale"
      className="flex shrink-0 items-center gap-3 border-b border-dropped bg-dropped-wash px-4 py-1.5 text-dropped-ink"
    >
      <Unplug className="size-4 shrink-0" aria-hidden="true" />
      <p className="min-w-0">
        <strong>
          {stale.sinceMs === null
            ? 'Not connected.'
            : `What you see is of ${clock(stale.sinceMs)}, ${duration(Math.max(0, now - stale.sinceMs))} ago.`}
        </strong>{' '}
        <Words text={stale.cause} /> <Words text={stale.hint} />
      </p>
      <span className="ml-auto">
        <Button onClick={retryNow} testId="retry">
          Try now
        </Button>
      </span>
    </div>
  )
}
