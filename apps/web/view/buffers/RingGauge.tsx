/**
 * A buffer as the ring that it is, to scale: the arc from consumer to producer is the fill, the outer tick the high-water
 * mark, the inner notch the watermark of backpressure; a drop flashes where the producer stands.
 */
import { formatBytes, formatShare, type SlotName } from '@ringside/protocol'
import { arc, point, tick, turnOf } from './ring-geometry.ts'

const SIZE = 132
const CENTRE = SIZE / 2
const RADIUS = 48
const WIDTH = 11
const DIAL = 32
/** An arc shorter than this cannot be seen. */
const LEAST = 0.006

export interface RingState {
  slot: SlotName
  capacityBytes: number
  usedBytes: number
  highWaterBytes: number
  /** Bytes taken out since the ring was made: where the consumer stands. */
  consumedBytes: number
  /** Share of the capacity where shedding begins; null while backpressure is off. */
  watermark: number | null
  /** Changes with each new drop. */
  dropped: number
}

export function RingGauge({ ring }: { ring: RingState }) {
  const share = ring.capacityBytes === 0 ? 0 : ring.usedBytes / ring.capacityBytes
  const high = ring.capacityBytes === 0 ? 0 : ring.highWaterBytes / ring.capacityBytes
  const consumer = turnOf(ring.consumedBytes, ring.capacityBytes)
  const colour = share >= 0.8 ? 'var(--dropped)' : share >= 0.6 ? 'var(--skipped)' : 'var(--submitted)'
  const [px, py] = point(consumer + share, RADIUS, CENTRE)
  return (
    <figure className="relative size-(--ring) shrink-0">
      <svg
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        className="size-full"
        role="img"
        aria-label={`${ring.slot}: ${formatBytes(ring.usedBytes)} of ${formatBytes(ring.capacityBytes)} in use, high-water ${formatShare(high)}`}
      >
        <Dial />
        <circle cx={CENTRE} cy={CENTRE} r={RADIUS} fill="none" stroke="var(--track)" strokeWidth={WIDTH} />
        <path
          d={arc(consumer, Math.max(share, LEAST), RADIUS, CENTRE)}
          fill="none"
          stroke={colour}
          strokeWidth={WIDTH}
        />
        <path d={tick(consumer, RADIUS - 8, RADIUS + 5.5, CENTRE)} stroke="var(--ink)" strokeWidth="1.5" />
        <path d={tick(consumer + high, RADIUS + 7, RADIUS + 13, CENTRE)} stroke="var(--ink)" strokeWidth="2.5" />
        {ring.watermark !== null && (
          <path
            d={tick(consumer + ring.watermark, RADIUS - 13, RADIUS - 7, CENTRE)}
            stroke="var(--shed)"
            strokeWidth="2.5"
          />
        )}
        {ring.dropped > 0 && (
          <circle
            key={ring.dropped}
            className="drop-flash opacity-0"
            cx={px}
            cy={py}
            r="10"
            fill="url(#hatch-dropped)"
            stroke="var(--dropped)"
          />
        )}
      </svg>
      <figcaption className="pointer-events-none absolute inset-0 flex flex-col items-center justify-center text-center">
        <span
          className="text-[1.1875rem] leading-5 font-semibold tracking-tight"
          data-testid={`slot-fill-${ring.slot}`}
        >
          {coarse(share)}
        </span>
        <span className="text-label leading-3.5 text-mute">
          of <span data-testid={`slot-capacity-${ring.slot}`}>{formatBytes(ring.capacityBytes)}</span>
        </span>
        <span className="text-label leading-3.5 text-mute">high {coarse(high)}</span>
      </figcaption>
    </figure>
  )
}

/** Exact enough to read at a glance, and never wider than the ring. */
function coarse(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1 %'
  if (share < 0.0995) return `${Number((share * 100).toFixed(1))} %`
  return share < 1 && share >= 0.995 ? '>99 %' : `${Math.round(share * 100)} %`
}

function Dial() {
  const ticks = Array.from({ length: DIAL }, (_, i) =>
    tick(i / DIAL, RADIUS + 7.5, RADIUS + (i % 8 === 0 ? 12 : 10), CENTRE),
  )
  return <path d={ticks.join('')} stroke="var(--line-strong)" strokeWidth="1" fill="none" />
}
