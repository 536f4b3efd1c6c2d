/** The verdict for the time that an operator asks about, from the messages that the page holds. */
import { type Control, type EventType, type Health, type Settings, type Verdict, verdictOf } from '@ringside/protocol'
import { TYPE_NAMES } from './ui.ts'

/** How far back a verdict looks, ms; null: to the start of the agent. */
export type VerdictSpan = 60_000 | 300_000 | null

/** A time in which nothing was taken by choice: of one type, or, where that is null, of all. */
export interface Absence {
  readonly type: EventType | null
  /** Within the range that is judged. */
  readonly fromMs: number
  /** null: it lasts. */
  readonly toMs: number | null
}

export interface JudgedVerdict extends Verdict {
  /** Where the range really begins, ms; null where nothing is known. */
  sinceMs: number | null
  /** The health that the range ends with, ms; null where nothing is known. */
  untilMs: number | null
  /** The range goes back to the start of the agent, not only over the span that was asked for. */
  isWhole: boolean
  /** Times in the range of which nothing can be said, since capture was off by choice. Pauses first, then by type. */
  absences: readonly Absence[]
}

export function judge(healths: readonly Health[], span: VerdictSpan, control: Control | null): JudgedVerdict {
  const last = healths.at(-1) ?? null
  const first = last === null ? null : beginningOf(healths, last, span)
  const sinceMs = last === null ? null : (first?.timeMs ?? last.timeMs - last.upMs)
  const untilMs = last === null ? null : last.timeMs
  const absences = control === null || sinceMs === null || untilMs === null ? [] : absencesIn(control, sinceMs, untilMs)
  const verdict = verdictOf(first, last, control?.applied.paused ?? false)
  return { ...verdict, sinceMs, untilMs, isWhole: first === null, absences }
}

/** Without those of the load generator: it alone makes them, and only while it runs. */
const HOST_TYPES = TYPE_NAMES.filter((type) => type !== 'load' && type !== 'tick')

/** Types of the host's events whose programs are not run now. */
export function offTypes(applied: Settings): EventType[] {
  return HOST_TYPES.filter((type) => !applied.types[type].enabled)
}

function absencesIn({ applied, history }: Control, sinceMs: number, untilMs: number): Absence[] {
  const done = history.filter((entry) => entry.ok && entry.timeMs <= untilMs)
  const off = offTypes(applied)
  return [
    ...times(null, done, /^paused\b/, /^resumed$/, applied.paused, sinceMs),
    ...HOST_TYPES.flatMap((type) =>
      times(type, done, new RegExp(`^${type}: off$`), new RegExp(`^${type}: on$`), off.includes(type), sinceMs),
    ),
  ]
}

/**
 * What the history of changes tells, and the state now. An end without a beginning is a command that changed nothing; a
 * state without a beginning is older than the history, and has lasted from the beginning of the range.
 */
function times(
  type: EventType | null,
  history: Control['history'],
  begins: RegExp,
  ends: RegExp,
  isNow: boolean,
  sinceMs: number,
): Absence[] {
  const found: Absence[] = []
  let fromMs: number | null = null
  for (const { text, timeMs } of history) {
    if (begins.test(text)) fromMs ??= timeMs
    else if (fromMs !== null && ends.test(text)) {
      found.push({ type, fromMs, toMs: timeMs })
      fromMs = null
    }
  }
  if (isNow) found.push({ type, fromMs: fromMs ?? sinceMs, toMs: null })
  return found
    .filter(({ toMs }) => toMs === null || toMs > sinceMs)
    .map((absence) => ({ ...absence, fromMs: Math.max(sinceMs, absence.fromMs) }))
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
