'use client'
/** Whether the CPUs share one ring in a slot, or have one each. */
import type { Control, SlotName } from '@ringside/protocol'
import { useAgent } from '../../store/agent.ts'
import type { Option } from './Choice.tsx'
import { ChoiceControl } from './ChoiceControl.tsx'
import { shardingEffect } from './effects.ts'
import { Otherwise } from './parts.tsx'

type Sharding = Control['applied']['slots'][SlotName]['sharding']

const WORDS: Readonly<Record<Sharding, string>> = { single: 'one', cpu: 'one per CPU' }

export function ShardControl({ slot, control }: { slot: SlotName; control: Control }) {
  const hello = useAgent((state) => state.hello)
  const cpus = hello?.host.cpus ?? 1
  const isPerf = hello?.transport === 'perf'
  const asked = control.asked.slots[slot].sharding
  const options: Option<Sharding>[] = (['single', 'cpu'] as const).map((value) => ({
    value,
    name: WORDS[value],
    meaning: shardingEffect(value, cpus),
  }))
  return (
    <ChoiceControl
      name={`shard-${slot}`}
      label={`Parts of ${slot}`}
      options={options}
      asked={asked}
      applied={control.applied.slots[slot].sharding}
      words={WORDS}
      command={(sharding) => ({ op: 'shard', slot, sharding })}
      disabled={isPerf}
    >
      {isPerf ? (
        'perf buffers are always one per CPU: there is nothing to choose'
      ) : (
        <Otherwise name={WORDS[other(asked)]} effect={shardingEffect(other(asked), cpus)} />
      )}
    </ChoiceControl>
  )
}

function other(sharding: Sharding): Sharding {
  return sharding === 'single' ? 'cpu' : 'single'
}
