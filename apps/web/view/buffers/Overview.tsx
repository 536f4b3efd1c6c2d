'use client'
/** The first room: every buffer, the loudest processes, and what happened, at one glance. */
import { useAgent } from '../../store/agent.ts'
import { Waiting } from '../parts/Waiting.tsx'
import { Loudest } from './Loudest.tsx'
import { SlotCard } from './SlotCard.tsx'
import { Timeline } from './Timeline.tsx'

export function Overview() {
  const slots = useAgent((state) => state.health?.slots)
  const points = useAgent((state) => state.points)
  const applied = useAgent((state) => state.control?.applied ?? null)
  if (slots === undefined) return <Waiting />
  return (
    <div className="mx-auto grid max-w-[150rem] gap-3 p-3">
      <h1 className="sr-only">Overview</h1>
      <div className="grid grid-cols-3 gap-3 max-[1180px]:grid-cols-2 max-[960px]:grid-cols-1">
        {slots.map((slot) => (
          <SlotCard key={slot.slot} slot={slot} points={points} applied={applied} />
        ))}
      </div>
      <div className="grid grid-cols-[1.35fr_1fr] gap-3 max-[960px]:grid-cols-1">
        <Timeline />
        <Loudest />
      </div>
    </div>
  )
}
