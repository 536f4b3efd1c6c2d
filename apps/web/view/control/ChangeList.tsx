/** Who changed what, newest first: what this agent was asked for since it started. */
import type { Control } from '@ringside/protocol'
import { stamp } from '../format.ts'
import { Panel } from '../parts/panel.tsx'

export function ChangeList({ control: { history } }: { control: Control }) {
  return (
    <Panel title="Changes" note="newest first, the last 50">
      <div className="px-3.5 pt-1 pb-3">
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
