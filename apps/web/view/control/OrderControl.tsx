'use client'
/** The order that rows are published in, and how long one is held back for it. */
import type { Control } from '@ringside/protocol'
import { useState } from 'react'
import { refuse, run, useCommands } from '../../store/commands.ts'
import { orderWords } from '../explorer/order.ts'
import { Button, Panel } from '../parts/panel.tsx'
import { Choice } from './Choice.tsx'
import { parseMs } from './parse.ts'
import { Applied, CommandError, FIELD, Undo } from './parts.tsx'

type Order = Control['applied']['order']

const NAME = 'order'
const WINDOW_MAX_MS = 1_000

const EFFECTS: Readonly<Record<Order['mode'], (windowMs: string) => string>> = {
  time: (windowMs) =>
    `Rows of all buffers and CPUs come by time. A row waits until every buffer has been read up to its time, ${windowMs} ms at most; one that comes later still is shown where it came, and marked late. None is discarded.`,
  cpu: () =>
    'Rows come as they were read: in order for each buffer, CPU and nesting level, in none between them. Nothing is held back.',
}

export function OrderControl({ control }: { control: Control }) {
  const pending = useCommands((state) => state.pending.has(NAME))
  const [draftMode, setDraftMode] = useState<Order['mode'] | null>(null)
  const [draftText, setDraftText] = useState<string | null>(null)
  const asked = control.asked.order
  const applied = control.applied.order
  const mode = draftMode ?? asked.mode
  const text = draftText ?? String(asked.windowMs)
  const windowMs = parseMs(text)
  const differs = mode !== asked.mode || windowMs !== asked.windowMs
  const back = { command: { op: 'order' as const, ...applied }, to: orderWords(applied) }
  const discard = () => {
    setDraftMode(null)
    setDraftText(null)
  }
  const apply = async () => {
    if (windowMs === null || windowMs > WINDOW_MAX_MS)
      return refuse(
        NAME,
        `“${text}” is no time to hold rows back`,
        `Write a number of milliseconds from 0 to ${WINDOW_MAX_MS}.`,
      )
    if (!differs) return discard()
    if (await run(NAME, { op: 'order', mode, windowMs }, back)) discard()
  }
  return (
    <Panel id="order" title="Order" note="of the rows that pages are sent; what is counted does not depend on it">
      <div className="px-3.5 pt-1 pb-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line pt-2.5">
          <Choice
            label="Order of the rows"
            testId="order-mode"
            options={[
              { value: 'time', name: 'by time', meaning: EFFECTS.time(text) },
              { value: 'cpu', name: 'as read, per CPU', meaning: EFFECTS.cpu(text) },
            ]}
            chosen={mode}
            onChoose={setDraftMode}
          />
          <span className="flex items-center gap-1.5">
            <span className="text-mute">held at most</span>
            <input
              type="text"
              inputMode="decimal"
              aria-label={`How long a row is held back at most, milliseconds, 0 to ${WINDOW_MAX_MS}; Enter applies it`}
              aria-invalid={windowMs === null}
              data-testid="order-window"
              disabled={mode === 'cpu'}
              value={text}
              onChange={(event) => setDraftText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') void apply()
                if (event.key === 'Escape') discard()
              }}
              className={`${FIELD} w-14`}
            />
            <span className="text-mute">ms</span>
          </span>
          <Button strong testId="order-apply" onClick={() => void apply()} disabled={pending || !differs}>
            Apply
          </Button>
          <Applied name={NAME} testId="order-applied" applied={orderWords(applied)} asked={orderWords(asked)} />
          <Undo name={NAME} forward={back} />
        </div>
        <p className="mt-1 text-data text-mute">
          {differs && 'When applied: '}
          {EFFECTS[mode](text)}
        </p>
        <CommandError name={NAME} />
      </div>
    </Panel>
  )
}
