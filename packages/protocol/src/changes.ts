/**
 * [ACC-11] What the ledger's counters did between two health messages of one life of the agent. Pure; the only place that
 * subtracts one health from another.
 */
import { fallenCounters } from './fallen.ts'
import type { Fates, Health } from './messages/ledger.ts'
import { DROP_REASONS } from './words.ts'

export interface HealthChange {
  fromMs: number
  toMs: number
  /** By pair (slot, type), what was counted in between: never below 0. */
  fates: Fates[]
  /** Counters that went down, in words: a fault. The pair's other counters are right. */
  fallen: string[]
}

/** `epoch`: the agent was restarted in between. `order`: the second is older than the first. */
export type HealthChanged = { ok: true; change: HealthChange } | { ok: false; reason: 'none' | 'epoch' | 'order' }

/**
 * @param first null: since the agent started
 * @param last null: nothing has arrived yet
 */
export function healthChange(first: Health | null, last: Health | null): HealthChanged {
  if (last === null) return { ok: false, reason: 'none' }
  if (first !== null && first.epoch !== last.epoch) return { ok: false, reason: 'epoch' }
  if (first !== null && first.number > last.number) return { ok: false, reason: 'order' }
  return {
    ok: true,
    change: {
      fromMs: first?.timeMs ?? last.timeMs - last.upMs,
      toMs: last.timeMs,
      fates: last.fates.map((to) =>
        fatesChange(
          first?.fates.find((from) => from.slot === to.slot && from.type === to.type),
          to,
        ),
      ),
      fallen: first === null ? [] : fallenCounters(first, last),
    },
  }
}

/** Sum of the four reasons. */
export function droppedOf(fates: Pick<Fates, 'dropped'>): number {
  return DROP_REASONS.reduce((sum, reason) => sum + fates.dropped[reason], 0)
}

function fatesChange(from: Fates | undefined, to: Fates): Fates {
  if (from === undefined) return to
  const grown = (before: number, after: number): number => Math.max(0, after - before)
  return {
    slot: to.slot,
    type: to.type,
    seen: grown(from.seen, to.seen),
    filtered: grown(from.filtered, to.filtered),
    sampled: grown(from.sampled, to.sampled),
    shed: grown(from.shed, to.shed),
    aggregated: grown(from.aggregated, to.aggregated),
    dropped: {
      full: grown(from.dropped.full, to.dropped.full),
      oversize: grown(from.dropped.oversize, to.dropped.oversize),
      noReader: grown(from.dropped.noReader, to.dropped.noReader),
      other: grown(from.dropped.other, to.dropped.other),
    },
    submitted: grown(from.submitted, to.submitted),
    consumed: grown(from.consumed, to.consumed),
    decoded: grown(from.decoded, to.decoded),
    malformed: grown(from.malformed, to.malformed),
  }
}
