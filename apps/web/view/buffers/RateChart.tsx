'use client'
/** What became of the events of one slot, second by second: the areas stack up to what was seen. */
import { formatShort, type SlotName } from '@ringside/protocol'
import { memo, useMemo } from 'react'
import { Area, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { Point } from '../../store/history.ts'
import { FATE_COLOR, type Fate } from '../parts/fates.tsx'
import { RateTip } from './RateTip.tsx'

export const STACKED = [
  'submitted',
  'aggregated',
  'sampled',
  'filtered',
  'shed',
  'dropped',
] as const satisfies readonly Fate[]

export type RateRow = { timeMs: number; consumed: number | null } & Record<(typeof STACKED)[number], number | null>

const NOTHING = {
  ...{ consumed: null, submitted: null, aggregated: null, sampled: null, filtered: null, shed: null, dropped: null },
}

/** Five minutes; the newest stands at the right. */
export const SPAN_MS = 300_000

export const RateChart = memo(function RateChart({ points, slot }: { points: readonly Point[]; slot: SlotName }) {
  const rows = useMemo(() => rowsOf(points, slot), [points, slot])
  const end = points.at(-1)?.timeMs ?? 0
  return (
    <div className="h-[calc(var(--ring)-2.75rem)] min-w-0" aria-hidden="true">
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 260, height: 96 }}>
        <ComposedChart data={rows} margin={{ top: 6, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <XAxis dataKey="timeMs" type="number" domain={[end - SPAN_MS, end]} hide allowDataOverflow />
          <YAxis
            width={40}
            orientation="right"
            tickCount={3}
            tickFormatter={formatShort}
            axisLine={false}
            tickLine={false}
            tick={{ fontSize: '0.625rem', fill: 'var(--faint)' }}
          />
          {STACKED.map((fate) => (
            <Area
              key={fate}
              dataKey={fate}
              stackId="seen"
              type="linear"
              stroke="none"
              fill={fate === 'dropped' ? 'url(#hatch-dropped)' : FATE_COLOR[fate]}
              fillOpacity={fate === 'dropped' ? 1 : fate === 'submitted' ? 0.38 : 0.55}
              isAnimationActive={false}
              dot={false}
              activeDot={false}
            />
          ))}
          <Line
            dataKey="consumed"
            type="linear"
            stroke={FATE_COLOR.consumed}
            strokeWidth={1}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey={lossEdge}
            type="linear"
            stroke={FATE_COLOR.dropped}
            strokeWidth={0.75}
            dot={{ r: 1, fill: FATE_COLOR.dropped, stroke: 'none' }}
            activeDot={false}
            isAnimationActive={false}
          />
          <Tooltip content={<RateTip />} isAnimationActive={false} cursor={{ stroke: 'var(--line-strong)' }} />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  )
})

/** The upper edge of the stack where something was lost, so that a single drop is seen too; null elsewhere. */
function lossEdge(row: RateRow): number | null {
  if ((row.dropped ?? 0) === 0) return null
  return STACKED.reduce((sum, fate) => sum + (row[fate] ?? 0), 0)
}

function rowsOf(points: readonly Point[], slot: SlotName): RateRow[] {
  const rows: RateRow[] = []
  for (const point of points) {
    const rates = point.slots[slot]?.rates
    if (point.afterBreak) {
      rows.push({ timeMs: point.timeMs - point.seconds * 1000, ...NOTHING })
    }
    if (rates === undefined) continue
    const { submitted, aggregated, sampled, filtered, shed, dropped, consumed } = rates
    rows.push({ timeMs: point.timeMs, submitted, aggregated, sampled, filtered, shed, dropped, consumed })
  }
  return rows
}
