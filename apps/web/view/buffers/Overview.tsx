'use client'
/** The first room: every buffer, the loudest processes, and what happened, at one glance. */
import { useAgent } from '../../store/agent.ts'
import { hasBuffer, shownSlots } from '../../store/slots.ts'
import { Waiting } from '../parts/Waiting.tsx'
import { FormerSlots } from './FormerSlots.tsx'
import { Loudest } from './Loudest.tsx'
import { SlotCard } from './SlotCard.tsx'
import { Timeline } from './Timeline.tsx'

/** So many cards that none stands alone in its line. */
const MANY = 'grid-cols-3 max-[1180px]:grid-cols-2'
const COLUMNS: readonly (string | undefined)[] = [
  undefined,
  'grid-cols-1',
  'grid-cols-2',
  MANY,
  'grid-cols-2 min-[2200px]:grid-cols-4',
]

export function Overview() {
  const health = useAgent((state) => state.health)
  const points = useAgent((state) => state.points)
  const applied = useAgent((state) => state.control?.applied ?? null)
  if (health === null) return <Waiting />
  const shown = shownSlots(health)
  const slots = shown.filter(hasBuffer)
  const former = shown.filter((slot) => !hasBuffer(slot))
  return (
    <div className="mx-auto grid max-w-[150rem] gap-3 p-3">
      <h1 className="sr-only">Overview</h1>
      <div className={`grid gap-3 max-[960px]:grid-cols-1 ${COLUMNS[slots.length] ?? MANY}`}>
        {slots.map((slot) => (
          <SlotCard key={slot.slot} slot={slot} points={points} applied={applied} />
        ))}
      </div>
      {former.length > 0 && <FormerSlots slots={former} />}
      <div className="grid grid-cols-[1.35fr_1fr] gap-3 max-[960px]:grid-cols-1">
        <Timeline />
        <Loudest />
      </div>
    </div>
  )
}
