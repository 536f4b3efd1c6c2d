'use client'
/** Whether a buffer is read as soon as there is something, or once for each flush. */
import type { Control, SlotName } from '@ringside/protocol'
import type { Option } from './Choice.tsx'
import { ChoiceControl } from './ChoiceControl.tsx'
import { processingEffect } from './effects.ts'
import { Otherwise } from './parts.tsx'

type Processing = Control['applied']['slots'][SlotName]['processing']

const WORDS: Readonly<Record<Processing, string>> = { stream: 'stream', batch: 'batch' }
const OPTIONS: readonly Option<Processing>[] = (['stream', 'batch'] as const).map((value) => ({
  value,
  name: WORDS[value],
  meaning: processingEffect(value),
}))

export function ProcessingControl({ slot, control }: { slot: SlotName; control: Control }) {
  const asked = control.asked.slots[slot].processing
  const other = asked === 'stream' ? 'batch' : 'stream'
  return (
    <ChoiceControl
      name={`processing-${slot}`}
      label={`How ${slot} is read`}
      options={OPTIONS}
      asked={asked}
      applied={control.applied.slots[slot].processing}
      words={WORDS}
      command={(processing) => ({ op: 'processing', slot, processing })}
    >
      <Otherwise name={WORDS[other]} effect={processingEffect(other)} />
    </ChoiceControl>
  )
}
