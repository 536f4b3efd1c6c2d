'use client'
/** Who changed what, newest first: what this page can take back, and all that this agent was asked for since it started. */
import type { Control } from '@ringside/protocol'
import { useCommands } from '../../store/commands.ts'
import { clock, stamp } from '../format.ts'
import { Panel } from '../parts/panel.tsx'
import { wordsOf } from './command-words.ts'
import { Undo } from './parts.tsx'

export function ChangeList({ control: { history } }: { control: Control }) {
  return (
    <Panel id="changes" title="Changes" note="newest first, the last 50">
      <div className="px-3.5 pt-1 pb-3">
        <WaysBack />
        {history.length === 0 && <p className="py-1 text-faint">Nothing has been changed since the agent started.</p>}
        <ol>
          {[...history].reverse().map((entry) => (
            <li key={`${entry.timeMs} ${entry.text}`} className="flex gap-4 border-t border-line py-0.5">
              <span className="shrink-0 font-mono text-data text-faint">{stamp(entry.timeMs)}</span>
              <span className={`min-w-0 ${entry.ok ? '' : 'text-dropped-ink'}`}>
                {entry.ok ? '' : '✗ '}
                {entry.text}
              </span>
              <span className="ml-auto shrink-0 text-mute">{entry.by}</span>
            </li>
          ))}
        </ol>
      </div>
    </Panel>
  )
}

/** The last change that this page made with each control, with the way back. */
function WaysBack() {
  const back = useCommands((state) => state.back)
  const made = Object.entries(back).sort(([, a], [, b]) => b.timeMs - a.timeMs)
  if (made.length === 0) return null
  return (
    <section aria-label="Changes of this page" data-testid="ways-back" className="mb-2 border-t border-line pt-1">
      <h3 className="py-0.5 text-data text-faint">made by this page</h3>
      <ul>
        {made.map(([name, { done, timeMs }]) => {
          const { what, to } = wordsOf(done)
          return (
            <li key={name} className="flex flex-wrap items-center gap-x-4 py-0.5">
              <span className="font-mono text-data text-faint">{clock(timeMs)}</span>
              <span>
                <span className="text-mute">{what}:</span> {to}
              </span>
              <Undo name={name} forward={{ command: done, to }} testId={`change-undo-${name}`} />
            </li>
          )
        })}
      </ul>
    </section>
  )
}
