'use client'
/** Backpressure of one buffer: on or off, and the fill where shedding begins. */
import { type Control, formatShare, type SlotName } from '@ringside/protocol'
import { useState } from 'react'
import { refuse, run, useCommands } from '../../store/commands.ts'
import { Button } from '../parts/panel.tsx'
import { backpressureEffect } from './effects.ts'
import { parseShare, shareText } from './parse.ts'
import { Applied, CommandError, FIELD, Switch, Undo } from './parts.tsx'

interface State {
  backpressure: boolean
  watermark: number
}

export function BackpressureControl({ slot, control }: { slot: SlotName; control: Control }) {
  const name = `backpressure-${slot}`
  const applied = control.applied.slots[slot]
  const asked = control.asked.slots[slot]
  const pending = useCommands((state) => state.pending.has(name))
  const [draft, setDraft] = useState<string | null>(null)
  const text = draft ?? shareText(asked.watermark)
  const watermark = parseShare(text)
  const back = {
    command: { op: 'backpressure' as const, slot, on: applied.backpressure, watermark: applied.watermark },
    to: words(applied),
  }
  const differs = draft !== null && watermark !== asked.watermark
  const apply = async () => {
    if (watermark === null)
      return refuse(name, `“${text}” is no share of the capacity`, 'Write a number from 0 to 100.')
    // Asking for what is in force would lose the way back to what was before.
    if (!differs) return setDraft(null)
    if (await run(name, { op: 'backpressure', slot, on: asked.backpressure, watermark }, back)) setDraft(null)
  }
  const toggle = (on: boolean) => void run(name, { op: 'backpressure', slot, on, watermark: asked.watermark }, back)
  if (slot === 'critical') {
    return (
      <p className="text-data text-mute">
        <Switch on={false} disabled label="Backpressure on critical" testId={name} onChange={() => {}} />
        <span className="ml-3">
          <span data-testid={`backpressure-applied-${slot}`}>off</span>, always: critical events are never shed. Give
          this buffer room instead.
        </span>
      </p>
    )
  }
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Switch on={asked.backpressure} label={`Backpressure on ${slot}`} testId={name} onChange={toggle} />
        <span className="flex items-center gap-1.5">
          <span className="text-mute">above</span>
          <input
            type="text"
            inputMode="decimal"
            aria-label={`Fill of ${slot} where shedding begins, percent of the capacity; Enter applies it`}
            aria-invalid={watermark === null}
            data-testid={`watermark-${slot}`}
            value={text}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void apply()
              if (event.key === 'Escape') setDraft(null)
            }}
            className={`${FIELD} w-12`}
          />
          <span className="text-mute">% of fill</span>
        </span>
        <Button
          strong
          testId={`backpressure-apply-${slot}`}
          onClick={() => void apply()}
          disabled={pending || !differs}
        >
          Apply
        </Button>
        <Applied name={name} testId={`backpressure-applied-${slot}`} applied={words(applied)} asked={words(asked)} />
        <Undo name={name} forward={back} />
      </div>
      <p className="mt-0.5 text-data text-mute">
        {differs && 'When applied: '}
        {backpressureEffect(slot, asked.backpressure, watermark ?? applied.watermark, applied.capacityBytes)}.
      </p>
      <CommandError name={name} />
    </div>
  )
}

function words({ backpressure, watermark }: State): string {
  return backpressure ? `on, ${watermark === 0 ? 'always' : `above ${formatShare(watermark)}`}` : 'off'
}
