'use client'
/** Capture as a whole: pause, and whether the agent shows its own events. */
import type { Control } from '@ringside/protocol'
import { run } from '../../store/commands.ts'
import { Panel } from '../parts/panel.tsx'
import { Applied, CommandError, Switch } from './parts.tsx'

export function CaptureControls({ control: { asked, applied } }: { control: Control }) {
  const pause = (on: boolean) =>
    void run(
      'pause',
      { op: 'pause', on },
      { command: { op: 'pause', on: applied.paused }, to: pauseWord(applied.paused) },
    )
  const showSelf = (on: boolean) =>
    void run(
      'show-self',
      { op: 'showSelf', on },
      { command: { op: 'showSelf', on: applied.showSelf }, to: selfWord(applied.showSelf) },
    )
  return (
    <Panel id="capture" title="Capture" note="as a whole">
      <div className="grid grid-cols-2 gap-x-8 px-3.5 pt-1 pb-3 max-[1000px]:grid-cols-1">
        <div className="flex items-start gap-3 border-t border-line py-2">
          <Switch on={asked.paused} label="Pause capture" testId="pause-capture" onChange={pause} />
          <div className="min-w-0">
            <p className="flex flex-wrap items-baseline gap-x-4">
              <span className="font-medium">Pause capture</span>
              <Applied
                name="pause"
                testId="pause-applied"
                applied={pauseWord(applied.paused)}
                asked={pauseWord(asked.paused)}
              />
            </p>
            <p className="text-data text-mute">
              Every program returns before it counts: nothing is recorded, and what happens meanwhile is not known.
            </p>
            <CommandError name="pause" />
          </div>
        </div>
        <div className="flex items-start gap-3 border-t border-line py-2">
          <Switch on={asked.showSelf} label="Show the agent's own events" testId="show-self" onChange={showSelf} />
          <div className="min-w-0">
            <p className="flex flex-wrap items-baseline gap-x-4">
              <span className="font-medium">Show the agent's own events</span>
              <Applied
                name="show-self"
                testId="show-self-applied"
                applied={selfWord(applied.showSelf)}
                asked={selfWord(asked.showSelf)}
              />
            </p>
            <p className="text-data text-mute">
              The agent's own work makes events, and showing them makes more. They are filtered in the kernel by
              default.
            </p>
            <CommandError name="show-self" />
          </div>
        </div>
      </div>
    </Panel>
  )
}

function pauseWord(paused: boolean): string {
  return paused ? 'paused' : 'capturing'
}

function selfWord(shown: boolean): string {
  return shown ? 'shown' : 'filtered'
}
