'use client'
/** The event types: on or off, and how many of each are kept. */
import { type Control, EVENTS, type EventType } from '@ringside/protocol'
import { useAgent } from '../../store/agent.ts'
import { run } from '../../store/commands.ts'
import { TYPE_NAMES } from '../../store/ui.ts'
import { rate } from '../format.ts'
import { Panel } from '../parts/panel.tsx'
import { type Load, typeLoad } from './effects.ts'
import { Applied, CommandError, Switch } from './parts.tsx'
import { SamplingControl } from './SamplingControl.tsx'

export function TypeControls({ control }: { control: Control }) {
  const healths = useAgent((state) => state.healths)
  return (
    <Panel title="Event types" note="sampled events are still counted; a type that is off is not">
      <div className="px-3.5 pt-1 pb-3">
        {TYPE_NAMES.map((type) => (
          <TypeRow
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

function TypeRow({ type, control, load }: { type: EventType; control: Control; load: Load }) {
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
      className="grid scroll-mt-4 grid-cols-[13rem_12rem_minmax(0,1fr)] gap-x-6 border-t border-line py-2 target:bg-select has-data-proposed:bg-select max-[1000px]:grid-cols-[10rem_10rem_minmax(0,1fr)]"
    >
      <div className="min-w-0">
        <h3 className="font-medium">{type}</h3>
        <p className="truncate text-data text-mute" title={EVENTS[type].title}>
          {EVENTS[type].title}
        </p>
      </div>
      <div className="min-w-0">
        <p className="flex items-center gap-3">
          <Switch on={asked.enabled} label={`Event type ${type}`} testId={name} onChange={enable} />
          <Applied
            name={name}
            testId={`enable-applied-${type}`}
            applied={onOff(applied.enabled)}
            asked={onOff(asked.enabled)}
          />
        </p>
        <p className="mt-0.5 text-data text-mute">
          {applied.enabled ? `${rate(load.seen)}/s seen` : 'not counted'} → {applied.slot}
        </p>
        <CommandError name={name} />
      </div>
      <SamplingControl type={type} control={control} load={load} />
    </section>
  )
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off'
}
