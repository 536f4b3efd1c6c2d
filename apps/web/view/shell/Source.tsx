'use client'
/** Where the events come from: said quietly when they are real, loudly when they are made up. */
import { TriangleAlert } from 'lucide-react'
import { useAgent } from '../../store/agent.ts'

export function SourceBadge() {
  const hello = useAgent((state) => state.hello)
  if (hello === null) return null
  const live = hello.source === 'kernel'
  return (
    <span
      data-testid="source-badge"
      title={live ? 'Events of the running kernel' : (hello.sourceReason ?? 'A synthetic source was asked for')}
      className={`rounded border px-1.5 text-label font-semibold tracking-wider ${
        live ? 'border-consumed text-consumed-ink' : 'border-skipped bg-skipped-wash text-skipped-ink'
      }`}
    >
      {live ? 'LIVE' : 'SYNTHETIC'}
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
