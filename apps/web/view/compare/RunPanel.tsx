'use client'
/** What the comparison does, whether one runs, and the button that begins it. */
import type { Comparison } from '@ringside/protocol'
import { LoaderCircle, Play } from 'lucide-react'
import { useAgent } from '../../store/agent.ts'
import { run, useCommands } from '../../store/commands.ts'
import { CommandError } from '../control/parts.tsx'
import { stamp } from '../format.ts'
import { Button, Panel } from '../parts/panel.tsx'
import { Words } from '../parts/Words.tsx'

const NAME = 'compare'

export function RunPanel({ comparison }: { comparison: Comparison | null }) {
  const hello = useAgent((state) => state.hello)
  const pending = useCommands((state) => state.pending.has(NAME))
  const isRunning = comparison?.state === 'running'
  return (
    <Panel
      title="Ring buffers against perf buffers"
      note={hello === null ? undefined : `on ${hello.host.name}, ${hello.host.cpus} CPUs, Linux ${hello.host.kernel}`}
    >
      <div className="grid gap-2 px-3.5 pt-1 pb-3">
        <p className="max-w-[90ch] text-mute">
          The same programs write the same load through one transport and then the other, in pairs that take turns, and
          a reader takes it out again. It runs beside the capture with programs and buffers of its own: nothing that is
          watched changes, but for a CPU that is busy for some seconds.
        </p>
        <div className="flex flex-wrap items-center gap-3">
          <Button
            strong
            testId="compare-run"
            disabled={pending || isRunning}
            onClick={() => void run(NAME, { op: 'compare' }, null)}
          >
            {isRunning ? (
              <LoaderCircle className="size-3.5 animate-spin" aria-hidden="true" />
            ) : (
              <Play className="size-3.5" aria-hidden="true" />
            )}
            {isRunning ? 'Measuring' : comparison?.state === 'done' ? 'Measure again' : 'Measure'}
          </Button>
          <State comparison={comparison} />
        </div>
        <CommandError name={NAME} />
      </div>
    </Panel>
  )
}

function State({ comparison }: { comparison: Comparison | null }) {
  const state = comparison?.state ?? 'none'
  return (
    <p
      role="status"
      data-testid="compare-state"
      data-state={state}
      className={state === 'failed' ? 'text-dropped-ink' : 'text-mute'}
    >
      {comparison === null || state === 'none' ? (
        'Nothing has been measured on this host yet.'
      ) : (
        <>
          {state === 'done' && `Measured ${stamp(comparison.timeMs)}. `}
          {state === 'failed' && `Failed at ${stamp(comparison.timeMs)}. `}
          <Words text={comparison.text} />
        </>
      )}
    </p>
  )
}
