/** What became of one slot's events, now and in all. */
import { formatCount, formatShare, type SlotHealth } from '@ringside/protocol'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Totals } from '../../store/totals.ts'
import { clock, rate } from '../format.ts'
import { FATE_MEANING, type Fate, FateMark } from '../parts/fates.tsx'

export function FateTable(props: { slot: SlotHealth; totals: Totals; rates: Totals | null }) {
  const { slot, totals, rates } = props
  const row = (fate: 'submitted' | 'consumed' | 'sampled' | 'shed') => (
    <Row fate={fate} now={rates === null ? '–' : rate(rates[fate])}>
      <span data-testid={`slot-${fate}-${slot.slot}`}>{formatCount(totals[fate])}</span>
    </Row>
  )
  return (
    <table className="mt-2 w-full">
      <thead className="text-label text-faint">
        <tr>
          <th className="text-left font-normal">fate</th>
          <th className="w-24 text-right font-normal">per second</th>
          <th className="text-right font-normal">since start</th>
        </tr>
      </thead>
      <tbody>
        {row('submitted')}
        {row('consumed')}
        {row('sampled')}
        {row('shed')}
        <Row fate="dropped" now={rates === null ? '–' : rate(rates.dropped)} alarm={totals.dropped > 0}>
          <Dropped slot={slot} totals={totals} />
        </Row>
      </tbody>
    </table>
  )
}

function Dropped({ slot, totals }: { slot: SlotHealth; totals: Totals }) {
  const testId = `slot-dropped-${slot.slot}`
  if (totals.dropped === 0) return <span><span className="text-faint">0 % · </span><span data-testid={testId}>0</span></span>
  return (
    <Link href="/explorer/" className="hover:underline" title="Show the gaps in the explorer">
      <span className="text-data">
        {formatShare(totals.dropped / totals.seen)}
        {slot.firstDropMs !== null && ` since ${clock(slot.firstDropMs)}`}
        {slot.lastDropMs !== null && slot.lastDropMs !== slot.firstDropMs && `, last ${clock(slot.lastDropMs)}`}
        {' · '}
      </span>
      <span data-testid={testId} className="font-semibold">
        {formatCount(totals.dropped)}
      </span>
    </Link>
  )
}

function Row(props: { fate: Fate; now: string; alarm?: boolean; children: ReactNode }) {
  return (
    <tr className={props.alarm ? 'text-dropped-ink' : ''} title={FATE_MEANING[props.fate]}>
      <td className="py-px">
        <span className={`flex items-center gap-2 ${props.alarm ? '' : 'text-mute'}`}>
          <FateMark fate={props.fate} />
          {props.fate}
        </span>
      </td>
      <td className="py-px text-right">{props.now}</td>
      <td className="py-px pl-2 text-right">{props.children}</td>
    </tr>
  )
}
