'use client'
/** The buffers: capacity and backpressure of each. */
import { type Control, SLOT_NAMES } from '@ringside/protocol'
import { Panel } from '../parts/panel.tsx'
import { BackpressureControl } from './BackpressureControl.tsx'
import { ResizeControl } from './ResizeControl.tsx'

export function BufferControls({ control }: { control: Control }) {
  return (
    <Panel title="Buffers" note="resized by swapping in a new ring: no event is lost, and the old one is emptied first">
      <div className="px-3.5 pt-1 pb-3">
        {SLOT_NAMES.map((slot) => (
          <section
            key={slot}
            id={`buffer-${slot}`}
            aria-label={`Buffer ${slot}`}
            className="grid scroll-mt-4 grid-cols-[6rem_minmax(0,1fr)_minmax(0,1fr)] gap-x-6 border-t border-line py-2 target:bg-select has-data-proposed:bg-select max-[1000px]:grid-cols-[6rem_minmax(0,1fr)]"
          >
            <h3 className="row-span-2 pt-0.5 font-semibold">{slot}</h3>
            <ResizeControl slot={slot} control={control} />
            <BackpressureControl slot={slot} control={control} />
          </section>
        ))}
      </div>
    </Panel>
  )
}
