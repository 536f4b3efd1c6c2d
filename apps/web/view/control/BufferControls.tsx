'use client'
/** The buffers that something is routed to: size, parts, how they are read, sampling and backpressure of each. */
import { type Control, formatCount, type SlotName } from '@ringside/protocol'
import { useAgent } from '../../store/agent.ts'
import { slotsInUse, typesIn } from '../../store/slots.ts'
import { transportWords } from '../buffers/transport.ts'
import { Panel } from '../parts/panel.tsx'
import { SlotMark } from '../parts/SlotMark.tsx'
import { BackpressureControl } from './BackpressureControl.tsx'
import { slotLoad } from './effects.ts'
import { ProcessingControl } from './ProcessingControl.tsx'
import { Part } from './parts.tsx'
import { ResizeControl } from './ResizeControl.tsx'
import { SlotSamplingControl } from './SamplingControl.tsx'
import { ShardControl } from './ShardControl.tsx'

export function BufferControls({ control }: { control: Control }) {
  const hello = useAgent((state) => state.hello)
  return (
    <Panel
      id="buffers"
      title="Buffers"
      note="changed by swapping in a new buffer: no event is lost, and the old one is emptied first"
    >
      <div className="px-3.5 pt-1 pb-3">
        {hello?.transport === 'perf' && <p className="pb-2 text-data text-mute">{transportWords(hello).meaning}</p>}
        {slotsInUse(control.asked, control.applied).map((slot) => (
          <SlotControls key={slot} slot={slot} control={control} />
        ))}
      </div>
    </Panel>
  )
}

function SlotControls({ slot, control }: { slot: SlotName; control: Control }) {
  const healths = useAgent((state) => state.healths)
  const parts = healths.at(-1)?.slots.find((candidate) => candidate.slot === slot)?.parts ?? 1
  return (
    <section
      id={`buffer-${slot}`}
      aria-label={`Buffer ${slot}`}
      className="grid scroll-mt-4 max-[1100px]:scroll-mt-11 grid-cols-[7.5rem_minmax(0,1fr)] gap-x-6 border-t border-line py-2.5 target:bg-select has-data-proposed:bg-select max-[1000px]:grid-cols-1"
    >
      <div className="min-w-0 max-[1000px]:mb-1 max-[1000px]:flex max-[1000px]:items-baseline max-[1000px]:gap-3">
        <h3 className="flex items-baseline gap-1.5 pt-0.5 font-semibold">
          <SlotMark slot={slot} />
          {slot}
        </h3>
        <p className="text-data text-mute">{typesIn(control.applied, slot).join(', ')}</p>
        {parts > 1 && <p className="text-label text-faint">{formatCount(parts)} parts, one per CPU</p>}
      </div>
      <div className="grid grid-cols-2 gap-x-8 gap-y-2.5 max-[1250px]:grid-cols-1">
        <Part name="capacity">
          <ResizeControl slot={slot} control={control} />
        </Part>
        <Part name="backpressure">
          <BackpressureControl slot={slot} control={control} />
        </Part>
        <Part name="sampling">
          <SlotSamplingControl slot={slot} control={control} load={slotLoad(healths, slot)} />
        </Part>
        <Part name="reading">
          <ProcessingControl slot={slot} control={control} />
        </Part>
        <Part name="parts">
          <ShardControl slot={slot} control={control} />
        </Part>
      </div>
    </section>
  )
}
