/** Which order the rows stand in, how late some came, and what was sampled, in words. Pure. */
import { formatCount, formatDuration, type Settings } from '@ringside/protocol'
import type { Lateness } from '../../store/explorer.ts'

/** "by time across buffers and CPUs, held ≤ 50 ms", "as read, per CPU". */
export function orderWords({ mode, windowMs }: Settings['order']): string {
  return mode === 'cpu' ? 'as read, per CPU' : `by time across buffers and CPUs, held ≤ ${windowMs} ms`
}

/** "late 3 of 12,402, worst 3.1 ms"; where no order by time was asked for, how far the rows are out of it. */
export function lateWords({ rows, late, worstNs }: Lateness, mode: Settings['order']['mode']): string {
  const what = mode === 'cpu' ? 'out of the order of time' : 'late'
  return `${what} ${formatCount(late)} of ${formatCount(rows)}${late > 0 ? `, worst ${formatDuration(worstNs)}` : ''}`
}

/** How many events a sampled row stands for: "×10", "×2.5", "×1 k"; null for a row that stands for itself. */
export function weightText(weight: number): string | null {
  if (weight <= 1) return null
  if (weight < 10) return `×${Number(weight.toFixed(1))}`
  return weight < 1_000 ? `×${Math.round(weight)}` : `×${Number((weight / 1_000).toPrecision(2))} k`
}
