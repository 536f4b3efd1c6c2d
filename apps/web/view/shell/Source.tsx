'use client'
/** Where the events come from: said quietly when they are real, loudly when they are made up. */
import { TriangleAlert } from 'lucide-react'
import { useAgent } from '../../store/agent.ts'
import { useStale } from './Stale.tsx'

const OLD = 'border-line-strong bg-sunken text-mute'

export function SourceBadge() {
  const hello = useAgent((state) => state.hello)
  const stale = useStale() !== null
  if (hello === null) return null
  const live = hello.source === 'kernel'
  const meaning = live ? 'Events of the running kernel' : (hello.sourceReason ?? 'A synthetic source was asked for')
  const look = live ? 'border-consumed text-consumed-ink' : 'border-skipped bg-skipped-wash text-skipped-ink'
  return (
    <span
      data-testid="source-badge"
      title={stale ? `${meaning}. Nothing comes now.` : meaning}
      className={`shrink-0 rounded border px-1.5 text-label font-semibold tracking-wider ${stale ? OLD : look}`}
    >
      {!live ? 'SYNTHETIC' : stale ? 'NOT LIVE' : 'LIVE'}
    </span>
  )
}

/** Beside the verdict, not in it: what was lost before does not hide that nothing is taken now. */
export function PausedBadge() {
  const paused = useAgent((state) => state.control?.applied.paused ?? false)
  const stale = useStale() !== null
  if (!paused) return null
  return (
    <span
      data-testid="paused-badge"
      title="Capture is paused: no event is recorded until it is resumed in Control"
      className={`shrink-0 rounded border px-1.5 text-label font-semibold tracking-wider ${
        stale ? OLD : 'border-skipped bg-skipped-wash text-skipped-ink'
      }`}
    >
      PAUSED
    </span>
  )
}

export function SyntheticBanner() {
  const hello = useAgent((state) => state.hello)
  if (hello === null || hello.source === 'kernel') return null
  return (
    <div
      role="note"
      className="flex shrink-0 items-center gap-2 border-b border-skipped bg-skipped-wash px-4 py-1.5 text-skipped-ink"
    >
      <TriangleAlert className="size-4 shrink-0" aria-hidden="true" />
      <p>
        <strong>These events are made up: nothing on this page comes from the kernel.</strong>{' '}
        {hello.sourceReason === null ? (
          'The agent was started with a synthetic source.'
        ) : (
          <>
            {hello.sourceReason.replace(/[.\s]*$/, '.')} <code className="font-mono">ringside doctor</code> tells what
            to do.
          </>
        )}
      </p>
    </div>
  )
}
