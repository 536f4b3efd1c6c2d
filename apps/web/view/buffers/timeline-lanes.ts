/** From points and history to what stands on the time axis: spans and moments, joined where they touch. Pure. */
import type { Control, SlotName } from '@ringside/protocol'
import { droppedTypes, type Point } from '../../store/history.ts'

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
