'use client'
/** The buffer that one type goes to, beside the type's other controls; the table of all stands under Routes. */
import { type Command, type Control, type EventType, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import { run } from '../../store/commands.ts'
import { Applied, CommandError, Undo } from './parts.tsx'

export function SlotControl({ type, control }: { type: EventType; control: Control }) {
  const name = `route-${type}`
  const applied = control.applied.types[type].slot
  const asked = control.asked.types[type].slot
  const command = (slot: SlotName): Command => ({ op: 'routes', routes: [{ eventType: type, slot }] })
  const back = { command: command(applied), to: applied }
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="flex items-center gap-1.5">
          <span className="text-mute">to</span>
          <select
            aria-label={`Buffer that ${type} goes to`}
            title="Changes at once; a buffer is made where there is none, and no event is lost"
            data-testid={name}
            value={asked}
            onChange={(event) => {
              const slot = SLOT_NAMES.find((candidate) => candidate === event.target.value)
              if (slot !== undefined) void run(name, command(slot), back)
            }}
            className="h-6.5 rounded border border-line-strong bg-bg px-1 text-data"
          >
            {SLOT_NAMES.map((slot) => (
              <option key={slot} value={slot}>
                {slot}
                {control.applied.slots[slot].capacityBytes > 0 ? '' : ' (new)'}
              </option>
            ))}
          </select>
        </span>
        <Applied name={name} testId={`route-applied-${type}`} applied={applied} asked={asked} />
        <Undo name={name} forward={back} />
      </span>
      <CommandError name={name} />
    </>
  )
}
