'use client'
/** The verdict at length: what it says, from when on, what it rests on, and what it means for the reader. */
import { formatCount, formatShare, type TypeShare, type VerdictState } from '@ringside/protocol'
import type { JudgedVerdict, VerdictSpan } from '../../store/verdict.ts'
import { stamp } from '../format.ts'
import { Button } from '../parts/panel.tsx'
import { VerdictSign } from './VerdictSign.tsx'
import { headline, sinceWords } from './words.ts'

const MEANING: Readonly<Record<VerdictState, string>> = {
  unknown: 'There is nothing to judge by yet.',
  unbalanced: 'The ledger is wrong somewhere: no number on this page should be relied on until that is found.',
  blind: 'Something happened on this host that nobody saw. What was lost is counted, its content is gone.',
  paused: 'Capture is paused by an operator: what happens now is not recorded.',
  shed: 'Backpressure left events out by choice. They are counted; their content was never taken.',
  sampled: 'Sampling left events out by choice. They are counted; what was kept stands for all.',
  complete: 'Every event that the programs saw arrived: no gap, no tail, nothing missed where the kernel tells.',
}

const LOOKS: Readonly<Record<VerdictState, string>> = {
  unknown: 'text-mute',
  unbalanced: 'text-malformed-ink',
  blind: 'text-dropped-ink',
  paused: 'text-skipped-ink',
  shed: 'text-shed-ink',
  sampled: 'text-sampled-ink',
  complete: 'text-consumed-ink',
}

const SPANS: readonly (readonly [VerdictSpan, string])[] = [
  [60_000, '1 min'],
  [300_000, '5 min'],
  [null, 'since the start'],
]

export function VerdictPanel(props: {
  verdict: JudgedVerdict
  /** Nothing has come for a while: it holds only until the last message. */
  isOld: boolean
  span: VerdictSpan
  onSpan: (span: VerdictSpan) => void
}) {
  const { verdict } = props
  return (
    <section
      className="rounded-panel border border-line bg-panel px-4 py-3"
      aria-label="Verdict"
      data-testid="ledger-verdict"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className={`flex min-w-0 items-center gap-2.5 ${props.isOld ? 'text-mute' : LOOKS[verdict.state]}`}>
          <VerdictSign state={verdict.state} large />
          <strong className="text-[1.125rem] leading-6 font-semibold">{headline(verdict, props.isOld)}</strong>
        </span>
        <fieldset className="ml-auto flex gap-1" aria-label="Time that the verdict covers">
          {SPANS.map(([span, name]) => (
            <Button
              key={name}
              pressed={props.span === span}
              strong={props.span === span}
              onClick={() => props.onSpan(span)}
            >
              {name}
            </Button>
          ))}
        </fieldset>
      </div>
      <p className="mt-1.5 text-mute">
        {MEANING[verdict.state]}{' '}
        {verdict.sinceMs !== null && `Judged ${sinceWords(verdict)}, ${stamp(verdict.sinceMs)}.`}
      </p>
      {(verdict.losses.length > 0 || verdict.notes.length > 0) && (
        <ul className="mt-1.5 space-y-0.5">
          {verdict.losses.length > 0 && (
            <li className="text-dropped-ink">
              Dropped: {sharesText(verdict.losses)}
              {verdict.share !== null && ` · ${formatShare(verdict.share)} of what was seen`}
            </li>
          )}
          {verdict.shed.length > 0 && <li className="text-shed-ink">Shed: {sharesText(verdict.shed)}</li>}
          {verdict.sampled.length > 0 && <li className="text-sampled-ink">Sampled: {sharesText(verdict.sampled)}</li>}
          {verdict.notes.map((note) => (
            <li key={note} className="text-faint">
              {note}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function sharesText(shares: readonly TypeShare[]): string {
  return shares.map((share) => `${formatCount(share.count)} ${share.type} in ${share.slot}`).join(', ')
}
