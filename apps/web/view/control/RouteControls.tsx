'use client'
/** Which type goes to which buffer: a preset or a table of one's own, changed as one on the running system. */
import { type Control, type EventType, PRESETS, type Preset } from '@ringside/protocol'
import { useState } from 'react'
import { useAgent } from '../../store/agent.ts'
import { run, useCommands } from '../../store/commands.ts'
import { Button, Panel } from '../parts/panel.tsx'
import { typeLoad } from './effects.ts'
import { Applied, CommandError, Undo } from './parts.tsx'
import { RoutePicture } from './RoutePicture.tsx'
import { RouteTable } from './RouteTable.tsx'
import {
  PRESET_MEANING,
  PRESET_NAMES,
  presetOfRoutes,
  presetRoutes,
  type Routes,
  routesCommand,
  routesEffect,
  routesOf,
  routesWords,
  sameRoutes,
} from './routes.ts'

const NAME = 'routes'

export function RouteControls({ control }: { control: Control }) {
  const healths = useAgent((state) => state.healths)
  const pending = useCommands((state) => state.pending.has(NAME))
  const [draft, setDraft] = useState<Routes | null>(null)
  const applied = routesOf(control.applied)
  const asked = routesOf(control.asked)
  const routes = draft ?? asked
  const preset = presetOfRoutes(routes)
  const perSecond = (type: EventType) => typeLoad(healths, type, control.applied.types[type].slot).seen
  const effect = routesEffect(control.applied, routes, perSecond)
  const differs = !sameRoutes(routes, asked)
  const wayBack = { command: routesCommand(null, applied), to: routesWords(applied) }
  const apply = async () => {
    if (await run(NAME, routesCommand(asked, routes), wayBack)) setDraft(null)
  }
  return (
    <Panel
      id="routes"
      title="Routes"
      note="which type goes to which buffer; switched while events flow, and none is lost by it"
    >
      <div className="grid gap-3 px-3.5 pt-1 pb-3">
        <fieldset className="grid grid-cols-4 gap-2 max-[1180px]:grid-cols-2" aria-label="Presets">
          {(Object.keys(PRESETS) as Preset[]).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={preset === name}
              data-testid={`preset-${name}`}
              onClick={() => setDraft(presetRoutes(name))}
              className={`flex flex-col rounded-panel border p-2.5 text-left ${
                preset === name ? 'border-accent bg-select' : 'border-line hover:bg-sunken'
              }`}
            >
              <span className="mb-1.5 flex w-full items-baseline justify-between gap-2">
                <span className="font-medium">{PRESET_NAMES[name]}</span>
                {sameRoutes(applied, presetRoutes(name)) && <span className="text-label text-mute">in force</span>}
              </span>
              <RoutePicture routes={presetRoutes(name)} />
              <span className="mt-2 text-data text-mute">{PRESET_MEANING[name]}</span>
            </button>
          ))}
        </fieldset>
        <RouteTable
          routes={routes}
          applied={control.applied}
          perSecond={perSecond}
          onRoute={(type, slot) => setDraft({ ...routes, [type]: slot })}
        />
        <div>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Button strong testId="routes-apply" onClick={() => void apply()} disabled={pending || !differs}>
              Apply
            </Button>
            {differs && (
              <Button testId="routes-discard" onClick={() => setDraft(null)}>
                Discard
              </Button>
            )}
            <Applied name={NAME} testId="routes-applied" applied={routesWords(applied)} asked={routesWords(asked)} />
            <Undo name={NAME} forward={wayBack} />
          </div>
          <p className="mt-1 min-h-4.5 text-data text-mute" data-testid="routes-effect">
            {effect.length === 0 ? 'Choose a preset, or a slot for each type.' : effect.join(' ')}
          </p>
          <CommandError name={NAME} />
        </div>
      </div>
    </Panel>
  )
}
