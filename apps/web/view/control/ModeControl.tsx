'use client'
/** Whether the events of a type are sent, counted in the kernel, or both. */
import type { Control, EventType } from '@ringside/protocol'
import { rate } from '../format.ts'
import type { Option } from './Choice.tsx'
import { ChoiceControl } from './ChoiceControl.tsx'
import { type Load, MODE_EFFECTS } from './effects.ts'

type Mode = Control['applied']['types'][EventType]['mode']

const WORDS: Readonly<Record<Mode, string>> = { events: 'events', aggregate: 'count only', both: 'both' }
const OPTIONS: readonly Option<Mode>[] = (['events', 'aggregate', 'both'] as const).map((value) => ({
  value,
  name: WORDS[value],
  meaning: MODE_EFFECTS[value],
}))

export function ModeControl({ type, control, load }: { type: EventType; control: Control; load: Load }) {
  const asked = control.asked.types[type].mode
  return (
    <ChoiceControl
      name={`mode-${type}`}
      label={`Whether ${type} is sent or counted`}
      options={OPTIONS}
      asked={asked}
      applied={control.applied.types[type].mode}
      words={WORDS}
      command={(mode) => ({ op: 'mode', eventType: type, mode })}
    >
      {MODE_EFFECTS[asked]}
      {asked !== 'aggregate' && load.submitted > 0 && (
        <span className="text-faint">; “count only” would spare {rate(load.submitted)} records/s</span>
      )}
    </ChoiceControl>
  )
}
