'use client'
/** How many events are kept, of a type or of a whole buffer: a share in percent, applied with Enter. */
import { type Command, formatShare } from '@ringside/protocol'
import { refuse, run, useCommands } from '../../store/commands.ts'
import { ratio } from '../buffers/policy.ts'
import { Button } from '../parts/panel.tsx'
import { parseShare, shareText } from './parse.ts'
import { Applied, CommandError, FIELD, Undo, useDraft } from './parts.tsx'

const PRESETS = [1, 0.1, 0.01] as const

export function ShareControl(props: {
  /** 'sampling' or 'slotSampling': in test ids and links. */
  kind: string
  /** What is sampled. */
  subject: string
  lead: string
  asked: number
  applied: number
  command: (rate: number) => Command
  effect: (share: number) => string
}) {
  const { kind, subject, asked, applied, command } = props
  const name = `${kind}-${subject}`
  const pending = useCommands((state) => state.pending.has(name))
  const [draft, setDraft, isProposed] = useDraft(name)
  const text = draft ?? shareText(asked)
  const share = parseShare(text)
  const back = { command: command(applied), to: formatShare(applied) }
  const apply = async () => {
    if (share === null) return refuse(name, `“${text}” is no share`, 'Write a number from 0 to 100, or 1:10.')
    // Asking for what is in force would lose the way back to what was before.
    if (draft === null || share === asked) return setDraft(null)
    if (await run(name, command(share), back)) setDraft(null)
  }
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="flex items-center gap-1.5">
          <span className="text-mute">{props.lead}</span>
          <input
            type="text"
            inputMode="decimal"
            aria-label={`Share of ${subject} kept, percent, 0 to 100; Enter applies it`}
            aria-invalid={share === null}
            data-testid={name}
            data-proposed={isProposed || undefined}
            value={text}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void apply()
              if (event.key === 'Escape') setDraft(null)
            }}
            className={`${FIELD} w-14`}
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
          testId={`${kind}-apply-${subject}`}
          onClick={() => void apply()}
          disabled={pending || share === asked}
        >
          Apply
        </Button>
        <Applied
          name={name}
          testId={`${kind}-applied-${subject}`}
          applied={formatShare(applied)}
          asked={formatShare(asked)}
        />
        <Undo name={name} forward={back} />
      </div>
      <p className="mt-0.5 text-data text-mute">{share === null ? '' : props.effect(share)}</p>
      <CommandError name={name} />
    </div>
  )
}
