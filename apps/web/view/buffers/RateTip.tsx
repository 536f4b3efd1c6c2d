'use client'
/** What the rate chart says under the pointer. */
import { clock, rate } from '../format.ts'
import { type Fate, FateMark } from '../parts/fates.tsx'
import type { RateRow } from './RateChart.tsx'

const ORDER = ['submitted', 'consumed', 'sampled', 'shed', 'dropped'] as const satisfies readonly Fate[]
/** Said where there is something to say. */
const SELDOM = ['filtered', 'aggregated'] as const satisfies readonly Fate[]

/** The chart hands its rows over without a type: `payload[].payload` is one of ours. */
export function RateTip(props: { active?: boolean; payload?: readonly { payload?: RateRow }[] }) {
  const row = props.payload?.[0]?.payload
  if (props.active !== true || row === undefined) return null
  return (
    <div className="rounded bg-panel px-2.5 py-1.5 text-data shadow-float">
      <p className="text-faint">{clock(row.timeMs)}, events/s</p>
      {[...ORDER, ...SELDOM.filter((fate) => (row[fate] ?? 0) > 0)].map((fate) => (
        <p key={fate} className="flex items-center gap-1.5">
          <FateMark fate={fate} />
          <span className="text-mute">{fate}</span>
          <span className="ml-auto pl-4">{row[fate] === null ? '–' : rate(row[fate])}</span>
        </p>
      ))}
    </div>
  )
}
