'use client'
/** When it happened: the matching events of the rows held over their time, with losses hatched. A click goes there. */
import { formatCount, formatShort } from '@ringside/protocol'
import { type MouseEvent, useMemo, useState } from 'react'
import { type Density, densityOf, placeOfTime } from '../../store/density.ts'
import { explorer } from '../../store/explorer.ts'
import { clock, clockMs, duration } from '../format.ts'
import { useNow } from '../hooks/use-now.ts'
import { useWidth } from '../hooks/use-width.ts'
import { useExplorer } from './use-explorer.ts'

const HEIGHT = 40
const BIN_PX = 3
/** Looking at every row held twice a second is enough, and costs a few milliseconds. */
const RENEW_MS = 500

export function DensityStrip({ onPick }: { onPick: (place: number) => void }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const now = useNow(RENEW_MS)
  const { shown, log, version } = useExplorer()
  const [pointer, setPointer] = useState<number | null>(null)
  const bins = Math.floor(width / BIN_PX)
  // biome-ignore lint/correctness/useExhaustiveDependencies: renewed by the clock, and at once when what is shown is replaced
  const density = useMemo(() => densityOf(shown, bins), [shown, bins, now, version === 0])
  const timeAt = (event: MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return density === null
      ? 0
      : density.fromMs + ((event.clientX - box.left) / box.width) * (density.toMs - density.fromMs)
  }
  return (
    <div ref={ref} className="relative h-10 shrink-0 overflow-hidden border-b border-line bg-bg">
      {density !== null && width > 0 && (
        <button
          type="button"
          tabIndex={-1}
          className="absolute inset-0 cursor-crosshair"
          aria-label="Go to the time under the pointer"
          onClick={(event) => {
            const at = timeAt(event)
            explorer.pause('operator')
            onPick(placeOfTime(explorer.shown, at))
          }}
          onMouseMove={(event) => setPointer(timeAt(event))}
          onMouseLeave={() => setPointer(null)}
        >
          <Drawing density={density} width={width} />
        </button>
      )}
      {density !== null && (
        <p
          className="pointer-events-none absolute inset-x-4 top-0.5 flex justify-between text-label text-faint"
          aria-hidden="true"
        >
          <span className="rounded-sm bg-bg/80 px-0.5">
            {pointer === null ? clock(density.fromMs) : clockMs(pointer)}
          </span>
          <span className="rounded-sm bg-bg/80 px-0.5">
            {formatCount(shown.rows)} rows
            {density.isEstimate && ` ≈ ${formatCount(density.events)} events, sampled,`} over{' '}
            {duration(density.toMs - density.fromMs)} · peak {density.isEstimate && '≈ '}
            {formatShort(density.peak)}/s
            {log.evicted > 0 && ` · ${formatCount(log.evicted)} older overwritten`}
          </span>
        </p>
      )}
    </div>
  )
}

function Drawing({ density, width }: { density: Density; width: number }) {
  const scale = width / (density.toMs - density.fromMs)
  const x = (timeMs: number) => (timeMs - density.fromMs) * scale
  return (
    <svg width={width} height={HEIGHT} className="block" aria-hidden="true">
      {density.silences.map((silence) => (
        <rect
          key={silence.fromMs}
          x={x(silence.fromMs)}
          width={Math.max(2, (silence.toMs - silence.fromMs) * scale)}
          height={HEIGHT}
          fill="url(#hatch-silence)"
        />
      ))}
      {joined(density, scale).map(([left, right]) => (
        <g key={left}>
          <rect x={left} width={right - left} height={HEIGHT} fill="url(#hatch-dropped)" fillOpacity="0.3" />
          <rect x={left} width={right - left} height="3" fill="var(--dropped)" />
        </g>
      ))}
      <path d={bars(density, width)} fill="var(--submitted)" fillOpacity="0.75" />
    </svg>
  )
}

function bars({ rates, peak }: Density, width: number): string {
  if (peak === 0) return ''
  const step = width / rates.length
  let path = ''
  for (let bin = 0; bin < rates.length; bin++) {
    const rate = rates[bin] ?? 0
    if (rate === 0) continue
    const height = Math.max(1, Math.round((rate / peak) * (HEIGHT - 4)))
    path += `M${(bin * step).toFixed(1)} ${HEIGHT}v${-height}h${(step - 0.75).toFixed(2)}v${height}z`
  }
  return path
}

const LEAST_PX = 3

/** Losses as pixel ranges that do not overlap: thousands of gaps cost no more than a few. */
function joined(density: Density, scale: number): [left: number, right: number][] {
  const ranges = density.losses
    .map((loss): [number, number] => {
      const left = Math.max(0, (loss.fromMs - density.fromMs) * scale)
      return [left, Math.max(left + LEAST_PX, (loss.toMs - density.fromMs) * scale)]
    })
    .sort((a, b) => a[0] - b[0])
  const joint: [number, number][] = []
  for (const range of ranges) {
    const last = joint.at(-1)
    if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1])
    else joint.push(range)
  }
  return joint
}
