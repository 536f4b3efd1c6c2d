/**
 * Counts over rows of a sampled stream. A kept event stands for one over the rate that was in force when it was drawn, so
 * the sum is an estimate and is marked as one. The ledger's counts never are: they count what was seen.
 */
import type { Batch } from './batch.ts'
import { formatCount } from './format.ts'
import { weightOf } from './words.ts'

/** Estimates of different rows may be added, member by member. */
export interface Estimate {
  rows: number
  /** What the rows stand for: equal to `rows` where nothing was sampled. */
  events: number
  /** Of `events`, from the draws alone. */
  variance: number
}

/** @param rows some of the batch's, or all of them when left out */
export function estimateOf(batch: Batch, rows?: ArrayLike<number>): Estimate {
  const count = rows?.length ?? batch.rows
  const estimate: Estimate = { rows: count, events: 0, variance: 0 }
  for (let i = 0; i < count; i++) {
    const weight = Math.max(1, weightOf(batch.rate[rows?.[i] ?? i] ?? 0))
    estimate.events += weight
    estimate.variance += weight * (weight - 1)
  }
  return estimate
}

/** "1,204" where nothing was sampled, else "≈ 12,040". */
export function formatEstimate(estimate: Estimate): string {
  return estimate.variance === 0 ? formatCount(estimate.events) : `≈ ${formatCount(estimate.events)}`
}

/** The mark's meaning, for whoever asks: "1,204 rows stand for 12,040 ± 330 events: sampled". */
export function describeEstimate(estimate: Estimate): string {
  const rows = `${formatCount(estimate.rows)} ${estimate.rows === 1 ? 'row' : 'rows'}`
  if (estimate.variance === 0) return `${rows}, nothing sampled`
  const error = formatCount(Math.sqrt(estimate.variance))
  return `${rows} stand for ${formatCount(estimate.events)} ± ${error} events: sampled`
}
