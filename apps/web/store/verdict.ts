/** The verdict for the time that an operator asks about, from the health messages that the page holds. */
import { type Health, type Verdict, verdictOf } from '@ringside/protocol'

/** How far back a verdict looks, ms; null: to the start of the agent. */
export type VerdictSpan = 60_000 | 300_000 | null

export interface JudgedVerdict extends Verdict {
  /** Where the range really begins, ms; null where nothing is known. */
  sinceMs: number | null
  /** The range goes back to the start of the agent, not only over the span that was asked for. */
  isWhole: boolean
}

export function judge(healths: readonly Health[], span: VerdictSpan, paused: boolean): JudgedVerdict {
  const last = healths.at(-1) ?? null
  const first = last === null ? null : beginningOf(healths, last, span)
  const sinceMs = last === null ? null : (first?.timeMs ?? last.timeMs - last.upMs)
  return { ...verdictOf(first, last, paused), sinceMs, isWhole: first === null }
}

/**
 * The health to count from. A page that was opened just now holds no message that is old enough: it then counts from the
 * first that it holds, unless a drop is known to lie between; then from the start of the agent, rather than hide it.
 */
function beginningOf(healths: readonly Health[], last: Health, span: VerdictSpan): Health | null {
  if (span === null || last.upMs <= span) return null
  const edge = last.timeMs - span
  const before = healths.findLast((health) => health.timeMs <= edge)
  if (before !== undefined) return before
  const first = healths[0] ?? last
  const hidden = first.slots.some((slot) => slot.lastDropMs !== null && slot.lastDropMs >= edge)
  return hidden ? null : first
}
