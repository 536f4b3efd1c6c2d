/**
 * What a counter did between two readings, and rates and shares of it. [ACC-10] [ACC-11] A counter that went down is a fault,
 * two lives of an agent are never subtracted, and what cannot be computed is nothing: never NaN, infinite or negative.
 */
import { formatCount, formatRate } from './format.ts'

/** A counter at one time, in one life of the agent. */
export interface Reading {
  epoch: string
  timeMs: number
  count: number
}

/** `none`: nothing to subtract from, or no time between the two. `reset`: the agent was restarted in between. */
export type Change =
  | { state: 'change'; by: number; overMs: number }
  | { state: 'none' }
  | { state: 'reset' }
  | { state: 'fault'; fell: number }

export function changeOf(before: Reading | null, after: Reading | null): Change {
  if (before === null || after === null) return { state: 'none' }
  if (before.epoch !== after.epoch) return { state: 'reset' }
  const by = after.count - before.count
  const overMs = after.timeMs - before.timeMs
  if (!Number.isFinite(by)) return { state: 'none' }
  if (by < 0) return { state: 'fault', fell: -by }
  return overMs > 0 && Number.isFinite(overMs) ? { state: 'change', by, overMs } : { state: 'none' }
}

/** Per second, ≥ 0; null where there is no rate. */
export function rateOf(change: Change): number | null {
  if (change.state !== 'change') return null
  const rate = (change.by / change.overMs) * 1000
  return Number.isFinite(rate) ? rate : null
}

/** [ACC-10] Which share of what one counter grew by another one grew by, in [0, 1]; null where there is none. */
export function ratioOf(part: Change, whole: Change): number | null {
  return part.state === 'change' && whole.state === 'change' ? shareOf(part.by, whole.by) : null
}

/** A rate as text: a dash where there is none, and a fault as what it is. */
export function formatChange(change: Change): string {
  if (change.state === 'fault') return `went down by ${formatCount(change.fell)}`
  const rate = rateOf(change)
  return rate === null ? '–' : formatRate(rate)
}

/** part / whole in [0, 1], never NaN; null when there is nothing to divide by. */
export function shareOf(part: number, whole: number): number | null {
  if (!(whole > 0) || !Number.isFinite(part)) return null
  return Math.min(1, Math.max(0, part / whole))
}
