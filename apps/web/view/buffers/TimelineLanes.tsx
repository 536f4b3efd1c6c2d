/** The drawn parts of the time axis: a lane's label and base line, spans, fill lines, silences, the axis itself. */
import { formatCount, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import type { Silence } from '../../store/agent.ts'
import type { Point } from '../../store/history.ts'
import { clock } from '../format.ts'
import type { Span } from './timeline-lanes.ts'

export const LANE_HEIGHT = 24

type Scale = (timeMs: number) => number

export function Lane(props: { name: string; index: number; labels: number; width: number }) {
  const y = (props.index + 1) * LANE_HEIGHT - 0.5
  return (
    <g>
      <text x="0" y={y - 6} fontSize="0.6875rem" fill="var(--mute)">
        {props.name}
      </text>
      <line x1={props.labels} x2={props.width} y1={y} y2={y} stroke="var(--line)" />
    </g>
  )
}

const LEAST_PX = 3
const PX_PER_LETTER = 6.2

export function Spans(props: {
  spans: readonly Span[]
  lane: number
  x: Scale
  fill: string
  stroke?: string
  labelled?: boolean
  limit: number
}) {
  const { spans, lane, x, limit } = props
  const y = lane * LANE_HEIGHT + 7
  return spans.map((span, i) => {
    const left = x(span.fromMs)
    const width = Math.max(LEAST_PX, x(span.toMs) - left)
    const label = `${formatCount(span.count)} · ${span.text}`
    const after = left + width + 5
    const next = spans[i + 1]
    const room = next === undefined || x(next.fromMs) < left ? limit - after : x(next.fromMs) - after
    return (
      <g key={`${span.slot} ${span.fromMs}`}>
        <title>{`${clock(span.fromMs)}–${clock(span.toMs)} ${label}`}</title>
        <rect
          x={left}
          y={y}
          width={width}
          height={LANE_HEIGHT - 9}
          fill={props.fill}
          stroke={props.stroke}
          strokeWidth="0.75"
        />
        {props.labelled && room > label.length * PX_PER_LETTER && <Label x={after} y={y} text={label} />}
        {props.labelled && i === 0 && next === undefined && room <= label.length * PX_PER_LETTER && (
          <Label x={left - 5} y={y} text={label} before />
        )}
      </g>
    )
  })
}

function Label({ x, y, text, before = false }: { x: number; y: number; text: string; before?: boolean }) {
  return (
    <text x={x} y={y + 11} fontSize="0.6875rem" textAnchor={before ? 'end' : 'start'} fill="var(--dropped-ink)">
      {text}
    </text>
  )
}

/** By the number of the slot: those of one preset differ. */
const DASHES = ['1 2', '4 2', '', '6 1 1 1', '2 2', '8 3', '', '', '3 2'] as const

/** One line per buffer, told apart by its dashes. */
export function FillLines({ points, lane, x }: { points: readonly Point[]; lane: number; x: Scale }) {
  const base = (lane + 1) * LANE_HEIGHT - 1
  const slots = SLOT_NAMES.filter((slot) => points.some((point) => (point.slots[slot]?.capacityBytes ?? 0) > 0))
  return slots.map((slot) => (
    <path
      key={slot}
      d={linePath(points, slot, x, (share) => base - share * (LANE_HEIGHT - 5))}
      fill="none"
      stroke="var(--submitted)"
      strokeDasharray={DASHES[SLOT_NAMES.indexOf(slot)]}
    >
      <title>{`fill of ${slot}`}</title>
    </path>
  ))
}

function linePath(points: readonly Point[], slot: SlotName, x: Scale, y: (share: number) => number): string {
  let path = ''
  for (const point of points) {
    const state = point.slots[slot]
    if (state === undefined || state.capacityBytes === 0) continue
    const command = path === '' || point.afterBreak ? 'M' : 'L'
    path += `${command}${x(point.timeMs).toFixed(1)} ${y(Math.min(1, state.highWaterBytes / state.capacityBytes)).toFixed(1)}`
  }
  return path
}

export function Silences(props: { silences: readonly Silence[]; x: Scale; from: number; to: number; height: number }) {
  return props.silences
    .filter((silence) => silence.toMs > props.from && silence.fromMs < props.to)
    .map((silence) => (
      <rect
        key={silence.fromMs}
        x={props.x(silence.fromMs)}
        width={Math.max(1, props.x(Math.min(props.to, silence.toMs)) - props.x(silence.fromMs))}
        y="0"
        height={props.height}
        fill="url(#hatch-silence)"
      >
        <title>{`${clock(silence.fromMs)}–${clock(silence.toMs)}: this page was not connected`}</title>
      </rect>
    ))
}

const MINUTE_MS = 60_000

export function Axis({ start, end, x, y }: { start: number; end: number; x: Scale; y: number }) {
  const minutes: number[] = []
  for (let at = Math.ceil(start / MINUTE_MS) * MINUTE_MS; at < end; at += MINUTE_MS) minutes.push(at)
  return minutes.map((at) => (
    <g key={at}>
      <line x1={x(at)} x2={x(at)} y1="0" y2={y + 3} stroke="var(--line)" />
      <text x={x(at)} y={y + 14} fontSize="0.625rem" textAnchor="middle" fill="var(--faint)">
        {clock(at).slice(0, 5)}
      </text>
    </g>
  ))
}
