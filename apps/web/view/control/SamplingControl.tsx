'use client'
/** How many events of one type are kept, and how many of a whole buffer, on top of each other. */
import type { Control, EventType, SlotName } from '@ringside/protocol'
import { type Load, samplingEffect } from './effects.ts'
import { ShareControl } from './ShareControl.tsx'

export function SamplingControl({ type, control, load }: { type: EventType; control: Control; load: Load }) {
  const applied = control.applied.types[type]
  const slotRate = control.applied.slots[applied.slot].rate
  if (applied.slot === 'critical') {
    return (
      <p className="text-data text-mute">
        Keeps <span data-testid={`sampling-applied-${type}`}>100 %</span>, always: it goes to the critical buffer, which
        is never sampled.
      </p>
    )
  }
  return (
    <ShareControl
      kind="sampling"
      subject={type}
      lead="keep"
      asked={control.asked.types[type].rate}
      applied={applied.rate}
      command={(rate) => ({ op: 'sampling', eventType: type, rate })}
      effect={(share) => samplingEffect(type, share, applied.rate, load, slotRate)}
    />
  )
}

export function SlotSamplingControl({ slot, control, load }: { slot: SlotName; control: Control; load: Load }) {
  const applied = control.applied.slots[slot].rate
  if (slot === 'critical') {
    return (
      <p className="text-data text-mute">
        Keeps <span data-testid={`slotSampling-applied-${slot}`}>100 %</span>, always: critical events are never
        sampled.
      </p>
    )
  }
  return (
    <ShareControl
      kind="slotSampling"
      subject={slot}
      lead="keep"
      asked={control.asked.slots[slot].rate}
      applied={applied}
      command={(rate) => ({ op: 'slotSampling', slot, rate })}
      effect={(share) => samplingEffect(`event of ${slot}`, share, applied, load, 1)}
    />
  )
}
