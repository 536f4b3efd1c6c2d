'use client'
/** The event types: on or off, their buffer, how many are kept, whether they are counted in the kernel, their record. */
import { type Control, EVENTS, type EventType, TYPE_VERSIONS } from '@ringside/protocol'
import { useAgent } from '../../store/agent.ts'
import { run } from '../../store/commands.ts'
import { TYPE_NAMES } from '../../store/ui.ts'
import { rate } from '../format.ts'
import { Panel } from '../parts/panel.tsx'
import { type Load, typeLoad } from './effects.ts'
import { ModeControl } from './ModeControl.tsx'
import { Applied, CommandError, Part, Switch } from './parts.tsx'
import { SamplingControl } from './SamplingControl.tsx'
import { SlotControl } from './SlotControl.tsx'
import { VersionControl } from './VersionControl.tsx'

export function TypeControls({ control }: { control: Control }) {
  const healths = useAgent((state) => state.healths)
  return (
    <Panel id="types" title="Types" note="sampled events are still counted; a type that is off is not">
      <div className="px-3.5 pt-1 pb-3">
        {TYPE_NAMES.map((type) => (
          <TypeControl
            key={type}
            type={type}
            control={control}
            load={typeLoad(healths, type, control.applied.types[type].slot)}
          />
        ))}
      </div>
    </Panel>
  )
}

function TypeControl({ type, control, load }: { type: EventType; control: Control; load: Load }) {
  const name = `enable-${type}`
  const applied = control.applied.types[type]
  const asked = control.asked.types[type]
  const enable = (on: boolean) =>
    void run(
      name,
      { op: 'enable', eventType: type, on },
      { command: { op: 'enable', eventType: type, on: applied.enabled }, to: onOff(applied.enabled) },
    )
  return (
    <section
      id={`type-${type}`}
      aria-label={`Event type ${type}`}
      className="grid scroll-mt-4 max-[1100px]:scroll-mt-11 grid-cols-[7.5rem_minmax(0,1fr)] gap-x-6 border-t border-line py-2.5 target:bg-select has-data-proposed:bg-select max-[1000px]:grid-cols-1"
    >
      <div className="min-w-0 max-[1000px]:mb-1 max-[1000px]:flex max-[1000px]:items-baseline max-[1000px]:gap-3">
        <h3 className="pt-0.5 font-medium">{type}</h3>
        <p className="text-data text-mute">{EVENTS[type].title}</p>
        <p className="text-data text-faint">{applied.enabled ? `${rate(load.seen)}/s seen` : 'not counted'}</p>
      </div>
      <div className="grid grid-cols-2 gap-x-8 gap-y-2 max-[1250px]:grid-cols-1">
        <Part name="capture">
          <div className="flex flex-wrap items-center gap-x-6 gap-y-1">
            <span className="flex items-center gap-3">
              <Switch on={asked.enabled} label={`Event type ${type}`} testId={name} onChange={enable} />
              <Applied
                name={name}
                testId={`enable-applied-${type}`}
                applied={onOff(applied.enabled)}
                asked={onOff(asked.enabled)}
              />
            </span>
            <SlotControl type={type} control={control} />
            <CommandError name={name} />
          </div>
        </Part>
        <Part name="sampling">
          <SamplingControl type={type} control={control} load={load} />
        </Part>
        <Part name="counting">
          <ModeControl type={type} control={control} load={load} />
        </Part>
        {TYPE_VERSIONS[type] > 1 && (
          <Part name="record">
            <VersionControl type={type} control={control} />
          </Part>
        )}
      </div>
    </section>
  )
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off'
}
