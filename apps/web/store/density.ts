/** How many events stood where on the time axis of the rows that are held: the numbers behind the strip. Pure. */
import { weightOf } from '@ringside/protocol'
import type { Held } from './explorer.ts'
import type { Marker } from './markers.ts'
import type { Matches } from './matches.ts'
import { rowAt, timeOf } from './row.ts'

export interface Density {
  readonly fromMs: number
  readonly toMs: number
  /** Events a second in each bin: rows weighted by what was thinned of their batch, and by their sampling rate. */
  readonly rates: Float64Array
  readonly peak: number
  /** Events that the rows stand for. */
  readonly events: number
  /** Some row was sampled: what was left out is estimated, not counted. */
  readonly isEstimate: boolean
  readonly losses: readonly { fromMs: number; toMs: number; lost: number }[]
  readonly silences: readonly { fromMs: number; toMs: number }[]
}

export function densityOf(matches: Matches<Held, Marker>, bins: number): Density | null {
  const span = spanOf(matches)
  if (span === null || bins <= 0) return null
  const { fromMs, toMs } = span
  const rates = new Float64Array(bins)
  const scale = bins / (toMs - fromMs)
  const { entries } = matches
  let events = 0
  let isEstimate = false
  let piece = entries.piece(matches.at(0))
  for (let i = 0; i < matches.length; i++) {
    const entry = matches.at(i)
    if (piece === undefined || entry >= piece.first + piece.count) piece = entries.piece(entry)
    if (piece === undefined || piece.kind === 'marker') continue
    const { batch, zeroMs } = piece.batch
    const row = piece.from + entry - piece.first
    const timeMs = zeroMs + (batch.timeNs[row] ?? 0) / 1e6
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((timeMs - fromMs) * scale)))
    const weight = Math.max(1, weightOf(batch.rate[row] ?? 0))
    const stands = weight * (batch.rows === 0 ? 1 : Math.max(1, batch.matched / batch.rows))
    rates[bin] = (rates[bin] ?? 0) + stands
    events += stands
    isEstimate ||= weight > 1
  }
  const perSecond = scale * 1000
  let peak = 0
  for (let bin = 0; bin < bins; bin++) {
    rates[bin] = (rates[bin] ?? 0) * perSecond
    peak = Math.max(peak, rates[bin] ?? 0)
  }
  return { fromMs, toMs, rates, peak, events, isEstimate, ...marksOf(matches) }
}

/** Place of the first row at or after a time; rows stand in the order of time but for what came late. */
export function placeOfTime(matches: Matches<Held, Marker>, timeMs: number): number {
  let low = 0
  let high = matches.length
  while (low < high) {
    const middle = (low + high) >> 1
    const at = rowNear(matches, middle)
    if (at !== null && at < timeMs) low = middle + 1
    else high = middle
  }
  return low
}

const SHORTEST_MS = 1_000

function spanOf(matches: Matches<Held, Marker>): { fromMs: number; toMs: number } | null {
  const from = rowNear(matches, 0)
  let last = matches.length - 1
  while (last >= 0 && rowAt(matches.entries, matches.at(last)) === null) last -= 1
  if (from === null || last < 0) return null
  const to = rowNear(matches, last) ?? from
  return { fromMs: Math.min(from, to - SHORTEST_MS), toMs: Math.max(to, from) + 1 }
}

/** Time of the row at a place, or of the next one where a marker stands. */
function rowNear(matches: Matches<Held, Marker>, index: number): number | null {
  for (let i = index; i < matches.length; i++) {
    const ref = rowAt(matches.entries, matches.at(i))
    if (ref !== null) return timeOf(ref)
  }
  return null
}

function marksOf(matches: Matches<Held, Marker>): Pick<Density, 'losses' | 'silences'> {
  const losses: { fromMs: number; toMs: number; lost: number }[] = []
  const silences: { fromMs: number; toMs: number }[] = []
  for (const [, marker] of matches.markers()) {
    if (marker.kind === 'gap') losses.push(...marker.losses)
    if (marker.kind === 'silence') silences.push(marker)
  }
  return { losses, silences }
}
