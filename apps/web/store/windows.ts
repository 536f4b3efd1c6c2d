/** Time windows that were counted in the kernel, as one series for each type. Pure. */
import type { EventType, Tables } from '@ringside/protocol'

/** Of the axis, ms. */
export const WINDOWS_SPAN_MS = 60_000

export interface WindowSeries {
  readonly type: EventType
  /** Events of each window of the span, the oldest first; 0 where nothing was counted. */
  readonly events: readonly number[]
  readonly sum: number
  readonly bytes: number
  /** Most events in one window. */
  readonly peak: number
}

/** One series for each type that has windows in the span, in the order of names. @param untilMs end of the newest window */
export function seriesOf({ rows, windowMs }: Tables['windows'], untilMs: number): WindowSeries[] {
  const bins = Math.max(1, Math.round(WINDOWS_SPAN_MS / windowMs))
  const byType = new Map<EventType, { events: number[]; sum: number; bytes: number; peak: number }>()
  for (const row of rows) {
    const bin = bins - Math.round((untilMs - row.timeMs) / windowMs)
    if (bin < 0 || bin >= bins) continue
    const series = byType.get(row.type) ?? { events: new Array<number>(bins).fill(0), sum: 0, bytes: 0, peak: 0 }
    byType.set(row.type, series)
    const events = (series.events[bin] ?? 0) + row.events
    series.events[bin] = events
    series.sum += row.events
    series.bytes += row.bytes
    series.peak = Math.max(series.peak, events)
  }
  return Array.from(byType, ([type, series]) => ({ type, ...series })).sort((a, b) => a.type.localeCompare(b.type))
}

/** Where the newest window ends, ms; 0 when there is none. */
export function endOf({ rows, windowMs }: Tables['windows']): number {
  return rows.reduce((end, row) => Math.max(end, row.timeMs + windowMs), 0)
}
