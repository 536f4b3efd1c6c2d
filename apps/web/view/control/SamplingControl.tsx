'use client'
/** How many events of one type are kept: a share in percent, applied with Enter. */
import { type Control, type EventType, formatShare } from '@ringside/protocol'
import { refuse, run, useCommands } from '../../store/commands.ts'
import { ratio } from '../buffers/policy.ts'
import { Button } from '../parts/panel.tsx'
import { type Load, samplingEffect } from './effects.ts'
import { parseShare, shareText } from './parse.ts'
import { Applied, CommandError, FIELD, Undo, useDraft } from './parts.tsx'

const PRESETS = [1, 0.1, 0.01] as const

export function SamplingControl({ type, control, load }: { type: EventType; control: Control; load: Load }) {
  const name = `sampling-${type}`
  const applied = control.applied.types[type]
  const asked = control.asked.types[type]
  const pending = useCommands((state) => state.pending.has(name))
  const [draft, setDraft, isProposed] = useDraft(name)
  const text = draft ?? shareText(asked.rate)
  const share = parseShare(text)
  const back = { command: { op: 'sampling' as const, eventType: type, rate: applied.rate }, to: words(applied.rate) }
  const apply = async () => {
    if (share === null) return refuse(name, `“${text}” is no share`, 'Write a number from 0 to 100, or 1:10.')
    // Asking for what is in force would lose the way back to what was before.
    if (draft === null || share === asked.rate) return setDraft(null)
    if (await run(name, { op: 'sampling', eventType: type, rate: share }, back)) setDraft(null)
  }
  if (applied.slot === 'critical') {
    return (
      <p className="text-data text-mute">
        Keeps <span data-testid={`sampling-applied-${type}`}>100 %</span>, always: it goes to the critical buffer, which
        is never sampled.
      </p>
    )
  }
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="flex items-center gap-1.5">
          <span className="text-mute">keep</span>
          <input
            type="text"
            inputMode="decimal"
            aria-label={`Share of ${type} kept, percent, 0 to 100; Enter applies it`}
            aria-invalid={share === null}
            data-testid={name}
            data-proposed={isProposed || undefined}
            value={text}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void apply()
              if (event.key === 'Escape') setDraft(null)
            }}
            className={`${FIELD} w-16`}
          />
          <span className="text-mute">%</span>
          {PRESETS.map((preset) => (
            <Button
              key={preset}
              onClick={() => setDraft(shareText(preset))}
              pressed={share === preset}
              title={`Keep ${formatShare(preset)}`}
            >
              {ratio(preset)}
            </Button>
          ))}
        </span>
        <Button
          strong
          testId={`sampling-apply-${type}`}
          onClick={() => void apply()}
          disabled={pending || share === asked.rate}
        >
          Apply
        </Button>
        <Applied
          name={name}
          testId={`sampling-applied-${type}`}
          applied={words(applied.rate)}
          asked={words(asked.rate)}
        />
        <Undo name={name} forward={back} />
      </div>
      <p className="mt-0.5 truncate text-data text-mute">
        {share === null ? '' : samplingEffect(type, share, applied.rate, load)}
      </p>
      <CommandError name={name} />
    </div>
  )
}

function words(rate: number): string {
  return formatShare(rate)
}
