'use client'
/** Capacity of one buffer: halve, double or type it; nothing happens before it is applied. */
import { type Control, formatBytes, type SlotName } from '@ringside/protocol'
import { Minus, Plus } from 'lucide-react'
import { useAgent } from '../../store/agent.ts'
import { refuse, run, useCommands } from '../../store/commands.ts'
import { Button } from '../parts/panel.tsx'
import { resizeEffect, slotLoad } from './effects.ts'
import { parseBytes } from './parse.ts'
import { Applied, CommandError, FIELD, Undo, useDraft } from './parts.tsx'

/** The range of the − and + buttons; the agent says what is legal. */
const LEAST_BYTES = 4096
const MOST_BYTES = 64 * 1024 * 1024

export function ResizeControl({ slot, control }: { slot: SlotName; control: Control }) {
  const healths = useAgent((state) => state.healths)
  const name = `resize-${slot}`
  const pending = useCommands((state) => state.pending.has(name))
  const [draft, setDraft, isProposed] = useDraft(name)
  const applied = control.applied.slots[slot].capacityBytes
  const asked = control.asked.slots[slot].capacityBytes
  const text = draft ?? formatBytes(asked)
  const bytes = parseBytes(text)
  const wayBack = { command: { op: 'resize' as const, slot, bytes: applied }, to: formatBytes(applied) }
  const apply = async () => {
    if (bytes === null) return refuse(name, `“${text}” is no size`, 'Write it like 16 MiB, or in bytes.')
    // Asking for what is in force would lose the way back to what was before.
    if (bytes === applied && asked === applied) return setDraft(null)
    if (await run(name, { op: 'resize', slot, bytes }, wayBack)) setDraft(null)
  }
  const step = (factor: number) =>
    setDraft(formatBytes(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, (bytes ?? applied) * factor))))
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="flex items-center gap-1">
          <Button
            label={`Half the capacity of ${slot}`}
            onClick={() => step(0.5)}
            disabled={(bytes ?? applied) <= LEAST_BYTES}
          >
            <Minus className="size-3.5" aria-hidden="true" />
          </Button>
          <input
            type="text"
            aria-label={`Capacity of ${slot}, a power of two from ${formatBytes(LEAST_BYTES)} to ${formatBytes(MOST_BYTES)}`}
            aria-invalid={bytes === null}
            data-testid={name}
            data-proposed={isProposed || undefined}
            spellCheck={false}
            value={text}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void apply()
              if (event.key === 'Escape') setDraft(null)
            }}
            className={`${FIELD} w-20`}
          />
          <Button
            label={`Double the capacity of ${slot}`}
            onClick={() => step(2)}
            disabled={(bytes ?? applied) >= MOST_BYTES}
          >
            <Plus className="size-3.5" aria-hidden="true" />
          </Button>
        </span>
        <Button
          strong
          testId={`resize-apply-${slot}`}
          onClick={() => void apply()}
          disabled={pending || (bytes === applied && asked === applied)}
        >
          Apply
        </Button>
        <Applied
          name={name}
          testId={`resize-applied-${slot}`}
          applied={formatBytes(applied)}
          asked={formatBytes(asked)}
        />
        <Undo name={name} forward={wayBack} />
      </div>
      <p className="mt-0.5 text-data text-mute">
        {bytes === null ? '' : resizeEffect(bytes, applied, slotLoad(healths, slot))}
      </p>
      <CommandError name={name} />
    </div>
  )
}
