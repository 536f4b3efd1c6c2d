'use client'
/** The fill of one buffer over the same minutes: its high-water mark of each second, against the capacity of that time. */
import type { SlotName } from '@ringside/protocol'
import { memo } from 'react'
import type { Point } from '../../store/history.ts'
import { useWidth } from '../hooks/use-width.ts'
import { SPAN_MS } from './RateChart.tsx'

const HEIGHT = 26
/** The rate chart's axis stands at the right; the strip ends where its drawing ends. */
const AXIS = 40

export const FillStrip = memo(function FillStrip(props: {
  points: readonly Point[]
  slot: SlotName
  watermark: number | null
}) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const room = Math.max(0, width - AXIS)
  const end = props.points.at(-1)?.timeMs ?? 0
  const x = (timeMs: number) => Math.round(((timeMs - end + SPAN_MS) / SPAN_MS) * room * 10) / 10
  const y = (share: number) => Math.round((1 - share) * (HEIGHT - 2) * 10) / 10 + 1
  return (
    <div ref={ref} className="relative h-[26px]">
      {width > 0 && (
        <svg width={width} height={HEIGHT} className="block" aria-hidden="true">
          <line x1="0" x2={room} y1="1" y2="1" stroke="var(--line)" />
          <line x1="0" x2={room} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--line-strong)" />
          {props.watermark !== null && (
            <line
              x1="0"
              x2={room}
              y1={y(props.watermark)}
              y2={y(props.watermark)}
              stroke="var(--shed)"
              strokeDasharray="2 3"
            />
          )}
          <path
            d={fillPath(props.points, props.slot, x, y)}
            fill="var(--submitted)"
            fillOpacity="0.28"
            stroke="var(--submitted)"
          />
          <text x={width} textAnchor="end" y="9" fontSize="0.625rem" fill="var(--faint)">
            100 %
          </text>
          <text x={width} textAnchor="end" y={HEIGHT - 1} fontSize="0.625rem" fill="var(--faint)">
            fill
          </text>
        </svg>
      )}
    </div>
  )
})

function fillPath(
  points: readonly Point[],
  slot: SlotName,
  x: (t: number) => number,
  y: (s: number) => number,
): string {
  let path = ''
  let open = false
  let lastX = 0
  for (const point of points) {
    const state = point.slots[slot]
    if (open && (point.afterBreak || state === undefined)) {
      path += `L${lastX} ${y(0)}Z`
      open = false
    }
    if (state === undefined || state.capacityBytes === 0) continue
    const at = Math.max(0, x(point.timeMs))
    const share = Math.min(1, state.highWaterBytes / state.capacityBytes)
    path += open ? `L${at} ${y(share)}` : `M${at} ${y(0)}L${at} ${y(share)}`
    open = true
    lastX = at
  }
  return open ? `${path}L${lastX} ${y(0)}Z` : path
}
