'use client'
/** Whether the table follows, how much of what matches is shown, and where the rest is. */
import { formatCount } from '@ringside/protocol'
import { Pause, Play, Trash2 } from 'lucide-react'
import { useAgent } from '../../store/agent.ts'
import { explorer } from '../../store/explorer.ts'
import { rate } from '../format.ts'
import { Button, Key } from '../parts/panel.tsx'
import { useExplorer } from './use-explorer.ts'

const FOLLOWING = 'following'

export function StatusLine() {
  const { pausedBy, log, shown } = useExplorer()
  const paused = pausedBy === 'operator'
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-4">
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
      <Button onClick={() => explorer.clear()} title="Let go of the rows held by this page; nothing changes at the agent">
        <Trash2 className="size-3.5" aria-hidden="true" />
        Clear
      </Button>
      <span className={`ml-2 font-medium ${paused ? 'text-skipped-ink' : 'text-mute'}`} data-testid="follow-state">
        {paused ? 'paused' : pausedBy === 'pointer' ? 'held while you point' : FOLLOWING}
      </span>
      <Match />
      <span className="ml-auto shrink-0 text-data text-faint" title="Rows that this page holds; the oldest are overwritten">
        {shown.rows === log.kept || pausedBy !== null ? '' : `${formatCount(shown.rows)} of `}
        {formatCount(log.kept)} rows held{log.evicted > 0 && `, ${formatCount(log.evicted)} overwritten`}
      </span>
    </div>
  )
}

function Match() {
  const point = useAgent((state) => state.points.at(-1))
  const client = useAgent((state) => state.health?.client ?? null)
  if (point === undefined) return null
  const factor = point.streamed > 0 ? point.matched / point.streamed : 1
  const thinned = factor > 1.05
  return (
    <span className="min-w-0 truncate text-mute">
      ·{' '}
      {thinned ? (
        <>
          <span className="text-ink">{rate(point.streamed)}</span> of {rate(point.matched)}/s match, thinned ×
          {factor < 10 ? factor.toFixed(1) : formatCount(factor)}
        </>
      ) : (
        <>
          <span className="text-ink">{rate(point.matched)}</span>/s match, all shown
        </>
      )}
      {(client?.skipped ?? 0) > 0 && (
        <span className="text-skipped-ink"> · {formatCount(client?.skipped ?? 0)} skipped: this page was too slow</span>
      )}
    </span>
  )
}
