'use client'
/** Events by time window, type by type, over the last minute: closed windows only, each exact. */
import { EVENTS, formatBytes, formatCount, type Tables } from '@ringside/protocol'
import { endOf, seriesOf, WINDOWS_SPAN_MS, type WindowSeries } from '../../store/windows.ts'
import { useWidth } from '../hooks/use-width.ts'
import { Panel } from '../parts/panel.tsx'

const HEIGHT = 34

export function WindowCharts({ tables }: { tables: Tables }) {
  const { windowMs } = tables.windows
  const series = seriesOf(tables.windows, endOf(tables.windows))
  return (
    <Panel title="Time windows" note={`${windowMs} ms each, the last ${WINDOWS_SPAN_MS / 1_000} s; only closed ones`}>
      <div className="px-3.5 pt-1 pb-3" data-testid="windows">
        {series.length === 0 ? (
          <p className="py-2 text-faint">No window with events has been closed yet.</p>
        ) : (
          <ul>
            {series.map((one) => (
              <Chart key={one.type} series={one} windowMs={windowMs} />
            ))}
          </ul>
        )}
      </div>
    </Panel>
  )
}

function Chart({ series, windowMs }: { series: WindowSeries; windowMs: number }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const { type, sum, bytes, peak } = series
  return (
    <li className="grid grid-cols-[9rem_minmax(0,1fr)_16rem] items-center gap-x-4 border-t border-line py-1 max-[1000px]:grid-cols-[6rem_minmax(0,1fr)_13rem]">
      <span>
        <span className="font-medium">{type}</span>
        <span className="block truncate text-label text-faint">{EVENTS[type].title}</span>
      </span>
      <div ref={ref}>
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            className="block"
            role="img"
            aria-label={`${type}: ${formatCount(sum)} events in the last minute, at most ${formatCount(peak)} in ${windowMs} ms`}
          >
            <line x1="0" x2={width} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--line-strong)" />
            <path d={bars(series, width)} fill="var(--aggregated)" fillOpacity="0.85" />
          </svg>
        )}
      </div>
      <span className="text-right text-data text-mute">
        <span className="text-ink">{formatCount(sum)}</span> events, {formatBytes(bytes)}
        <span className="block text-label text-faint">
          peak {formatCount(peak)} in {windowMs} ms
        </span>
      </span>
    </li>
  )
}

/** As many bars as there are pixels for: each shows the highest window that it covers. */
function bars({ events, peak }: WindowSeries, width: number): string {
  if (peak === 0) return ''
  const count = Math.max(1, Math.min(events.length, Math.floor(width / 2)))
  const step = width / count
  let path = ''
  for (let bar = 0; bar < count; bar++) {
    const from = Math.floor((bar * events.length) / count)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * events.length) / count))
    const most = Math.max(...events.slice(from, to))
    if (most === 0) continue
    const height = Math.max(1, Math.round((most / peak) * (HEIGHT - 3)))
    path += `M${(bar * step).toFixed(1)} ${HEIGHT - 1}v${-height}h${Math.max(1, step - 0.6).toFixed(2)}v${height}z`
  }
  return path
}
