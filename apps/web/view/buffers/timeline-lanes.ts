/** From points and history to what stands on the time axis: spans and moments, joined where they touch. Pure. */
import { type Control, formatCount, type SlotName } from '@ringside/protocol'
import type { Silence } from '../../store/agent.ts'
import { droppedTypes, type Point } from '../../store/history.ts'
import { duration } from '../format.ts'

export interface Span {
  readonly fromMs: number
  readonly toMs: number
  readonly slot: SlotName
  readonly count: number
  readonly text: string
}

export interface Moment {
  readonly timeMs: number
  readonly text: string
  readonly ok: boolean
  readonly by: string
}

/** Neighbouring seconds with drops in one slot, as one span. */
export function dropSpans(points: readonly Point[], slots: readonly SlotName[]): Span[] {
  return spans(points, slots, (point, slot) => point.slots[slot]?.dropped ?? 0).map((span) => {
    const types = droppedTypes(points, span.slot, span.fromMs + 1, span.toMs).map(([type]) => type)
    return { ...span, text: `${span.slot}${types.length > 0 ? ` (${types.slice(0, 3).join(', ')})` : ''}` }
  })
}

/** Seconds in which events were left out by choice. */
export function spareSpans(points: readonly Point[], slots: readonly SlotName[], fate: 'sampled' | 'shed'): Span[] {
  return spans(points, slots, (point, slot) => (point.slots[slot]?.rates[fate] ?? 0) * point.seconds)
}

export function controlMoments(control: Control | null, fromMs: number): Moment[] {
  return (control?.history ?? []).filter((entry) => entry.timeMs >= fromMs)
}

/** A line of the list below the axis. */
export interface Happening {
  readonly timeMs: number
  readonly kind: 'loss' | 'fault' | 'silence' | 'change'
  readonly text: string
}

/**
 * Times in the range in which this page was not connected, and whether the agent was restarted in them: then what it
 * counted before is gone too.
 * @param startedMs when the agent started; null while unknown
 */
export function silencesIn(
  silences: readonly Silence[],
  fromMs: number,
  toMs: number,
  startedMs: number | null,
): Happening[] {
  return silences
    .filter((silence) => silence.toMs > fromMs && silence.fromMs < toMs)
    .map((silence) => {
      const restarted = startedMs !== null && startedMs >= silence.fromMs && startedMs <= silence.toMs
      const text = `not connected for ${duration(silence.toMs - silence.fromMs)}`
      return {
        timeMs: silence.fromMs,
        kind: 'silence',
        text: restarted ? `agent restarted, ${text}: what it counted before is gone` : text,
      }
    })
}

/** [ACC-11] Counters that went down: the numbers of that second are not to be relied on. */
export function faultsIn(points: readonly Point[]): Happening[] {
  return points
    .filter(({ fallen }) => fallen.length > 0)
    .map(({ timeMs, fallen }) => ({ timeMs, kind: 'fault', text: `went down, a fault: ${fallen.join(', ')}` }))
}

/** All kinds, newest first. @param others silences and faults */
export function happeningsOf(
  drops: readonly Span[],
  moments: readonly Moment[],
  others: readonly Happening[],
): Happening[] {
  const lost = drops.map((span): Happening => {
    return { timeMs: span.fromMs, kind: 'loss', text: `${formatCount(span.count)} dropped in ${span.text}` }
  })
  const changed = moments.map((moment): Happening => {
    return { timeMs: moment.timeMs, kind: 'change', text: `${moment.ok ? '' : '✗ '}${moment.text} · ${moment.by}` }
  })
  return [...lost, ...changed, ...others].sort((a, b) => b.timeMs - a.timeMs)
}

function spans(
  points: readonly Point[],
  slots: readonly SlotName[],
  countOf: (p: Point, s: SlotName) => number,
): Span[] {
  return slots.flatMap((slot) => {
    const found: Span[] = []
    let touches = false
    for (const point of points) {
      const count = countOf(point, slot)
      const last = found.at(-1)
      if (count > 0 && last !== undefined && touches && !point.afterBreak) {
        found[found.length - 1] = { ...last, toMs: point.timeMs, count: last.count + count }
      } else if (count > 0) {
        found.push({ slot, fromMs: point.timeMs - point.seconds * 1000, toMs: point.timeMs, count, text: slot })
      }
      touches = count > 0
    }
    return found
  })
}
