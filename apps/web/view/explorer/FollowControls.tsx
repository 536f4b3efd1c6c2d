'use client'
/** Whether the table follows, how much of what matches is shown, and where the rest is. */
import { formatCount } from '@ringside/protocol'
import { ChevronLeft, ChevronRight, Pause, Play, Trash2 } from 'lucide-react'
import { useAgent } from '../../store/agent.ts'
import { type Explorer, explorer } from '../../store/explorer.ts'
import { rate } from '../format.ts'
import { Button, Key } from '../parts/panel.tsx'
import { useExplorer } from './use-explorer.ts'

export function FollowControls({ onGap }: { onGap: (by: -1 | 1) => void }) {
  const { pausedBy } = useExplorer()
  const hasGap = holdsGap(explorer)
  const paused = pausedBy === 'operator'
  return (
    <div className="ml-auto flex min-w-[25rem] flex-[1_1_25rem] items-center justify-end gap-2">
      <span className="min-w-0 truncate text-data text-mute">
        <span className={paused ? 'font-semibold text-skipped-ink' : ''} data-testid="follow-state">
          {paused ? 'paused' : pausedBy === 'pointer' ? 'held' : 'following'}
        </span>
        <Match />
      </span>
      <span className="flex shrink-0 items-center gap-1 text-data text-mute">
        <Button
          label="Previous gap"
          testId="gap-previous"
          onClick={() => onGap(-1)}
          disabled={!hasGap}
          title="Previous gap, key ["
        >
          <ChevronLeft className="size-3.5" aria-hidden="true" />
        </Button>
        gap
        <Button
          label="Next gap"
          testId="gap-next"
          onClick={() => onGap(1)}
          disabled={!hasGap}
          title={hasGap ? 'Next gap, key ]' : 'No gap among the rows held'}
        >
          <ChevronRight className="size-3.5" aria-hidden="true" />
        </Button>
      </span>
      <Button
        testId="pause"
        pressed={paused}
        onClick={() => (paused ? explorer.resume() : explorer.pause('operator'))}
        title={paused ? 'Follow the newest event' : 'Hold the rows still; the agent goes on counting'}
      >
        {paused ? <Play className="size-3.5" aria-hidden="true" /> : <Pause className="size-3.5" aria-hidden="true" />}
        {paused ? 'Follow' : 'Pause'}
        <Key>Space</Key>
      </Button>
      <Button
        label="Clear the rows held"
        onClick={() => explorer.clear()}
        title="Let go of the rows held by this page; nothing changes at the agent"
      >
        <Trash2 className="size-3.5" aria-hidden="true" />
      </Button>
    </div>
  )
}

function holdsGap({ shown }: Pick<Explorer, 'shown'>): boolean {
  for (const [, marker] of shown.markers()) if (marker.kind === 'gap') return true
  return false
}

function Match() {
  const point = useAgent((state) => state.points.at(-1))
  const client = useAgent((state) => state.health?.client ?? null)
  const { streamed = null, matched = null } = point ?? {}
  if (streamed === null || matched === null) return null
  const factor = streamed > 0 ? matched / streamed : 1
  const thinned = factor > 1.05
  return (
    <>
      {' · '}
      {thinned ? (
        <>
          <span className="text-ink">{rate(streamed)}</span> of {rate(matched)}/s match, thinned ×
          {factor < 10 ? factor.toFixed(1) : formatCount(factor)}
        </>
      ) : (
        <>
          <span className="text-ink">{rate(matched)}</span>/s match
        </>
      )}
      {(client?.skipped ?? 0) > 0 && (
        <span className="text-skipped-ink"> · {formatCount(client?.skipped ?? 0)} skipped</span>
      )}
    </>
  )
}
