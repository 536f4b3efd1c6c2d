'use client'
/** What happened in the last minutes, on one time axis: losses, fill, what was left out by choice, and who changed what. */
import { SLOT_NAMES } from '@ringside/protocol'
import Link from 'next/link'
import { useMemo } from 'react'
import { useAgent } from '../../store/agent.ts'
import { clock } from '../format.ts'
import { useWidth } from '../hooks/use-width.ts'
import { Panel } from '../parts/panel.tsx'
import { SPAN_MS } from './RateChart.tsx'
import { Axis, FillLines, LANE_HEIGHT, Lane, Silences, Spans } from './TimelineLanes.tsx'
import {
  controlMoments,
  dropSpans,
  faultsIn,
  type Happening,
  happeningsOf,
  silencesIn,
  spareSpans,
} from './timeline-lanes.ts'

const LABELS = 62
const SHOWN = 5

const PLACES: Readonly<Record<Happening['kind'], { href: string; look: string }>> = {
  loss: { href: '/explorer/', look: 'text-dropped-ink' },
  fault: { href: '/ledger/', look: 'text-malformed-ink' },
  silence: { href: '/explorer/', look: 'text-skipped-ink' },
  change: { href: '/control/', look: 'text-mute' },
}
const LANES = ['dropped', 'fill', 'shed', 'sampled', 'control'] as const

export function Timeline() {
  const points = useAgent((state) => state.points)
  const control = useAgent((state) => state.control)
  const silences = useAgent((state) => state.silences)
  const startedMs = useAgent((state) => (state.health === null ? null : state.health.timeMs - state.health.upMs))
  const [ref, width] = useWidth<HTMLDivElement>()
  const end = points.at(-1)?.timeMs ?? 0
  const start = end - SPAN_MS
  const drops = useMemo(() => dropSpans(points, SLOT_NAMES), [points])
  const shed = useMemo(() => spareSpans(points, SLOT_NAMES, 'shed'), [points])
  const sampled = useMemo(() => spareSpans(points, SLOT_NAMES, 'sampled'), [points])
  const moments = controlMoments(control, start)
  const silent = silencesIn(silences, start, end, startedMs)
  const happenings = happeningsOf(drops, moments, [...silent, ...faultsIn(points)])
  const room = Math.max(0, width - LABELS)
  const x = (timeMs: number) => LABELS + ((Math.max(start, timeMs) - start) / SPAN_MS) * room
  const height = LANES.length * LANE_HEIGHT + 18
  return (
    <Panel title="What happened" note="last 5 minutes, one time axis">
      <div ref={ref} className="mx-3.5 mt-1 mb-2">
        {width > 0 && end > 0 && (
          <svg
            width={width}
            height={height}
            className="block"
            role="img"
            aria-label={`${drops.length} times with drops, ${moments.length} changes of control in the last 5 minutes`}
          >
            {LANES.map((name, i) => (
              <Lane key={name} name={name} index={i} labels={LABELS} width={width} />
            ))}
            <Silences silences={silences} x={x} from={start} to={end} height={LANES.length * LANE_HEIGHT} />
            <Spans
              spans={drops}
              lane={0}
              x={x}
              fill="url(#hatch-dropped)"
              stroke="var(--dropped)"
              labelled
              limit={width}
            />
            <FillLines points={points} lane={1} x={x} />
            <Spans spans={shed} lane={2} x={x} fill="var(--shed)" limit={width} />
            <Spans spans={sampled} lane={3} x={x} fill="var(--sampled)" limit={width} />
            {moments.map((moment) => (
              <g
                key={`${moment.timeMs} ${moment.text}`}
                transform={`translate(${x(moment.timeMs)} ${4 * LANE_HEIGHT + LANE_HEIGHT - 7})`}
              >
                <title>{`${clock(moment.timeMs)} ${moment.text} (${moment.by})`}</title>
                <path
                  d="M-4 0 0-4 4 0 0 4Z"
                  fill={moment.ok ? 'var(--accent)' : 'none'}
                  stroke={moment.ok ? 'var(--accent)' : 'var(--dropped)'}
                />
              </g>
            ))}
            <Axis start={start} end={end} x={x} y={LANES.length * LANE_HEIGHT} />
          </svg>
        )}
        <ul className="mt-1 space-y-px text-data">
          {happenings.slice(0, SHOWN).map((entry) => (
            <li key={`${entry.timeMs} ${entry.text}`} className="flex gap-2">
              <span className="w-16 shrink-0 font-mono text-faint">{clock(entry.timeMs)}</span>
              <Link href={PLACES[entry.kind].href} className={`truncate hover:underline ${PLACES[entry.kind].look}`}>
                {entry.text}
              </Link>
            </li>
          ))}
          {happenings.length === 0 && points.length > 0 && (
            <li className="text-faint">Nothing was lost and nothing was changed.</li>
          )}
        </ul>
      </div>
    </Panel>
  )
}
