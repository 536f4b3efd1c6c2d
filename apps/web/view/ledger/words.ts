/** The verdict in words with its times, as the operator's clock has them. */
import type { Absence, JudgedVerdict } from '../../store/verdict.ts'
import { clock, duration } from '../format.ts'

/**
 * "complete · syscall is off", "blind 14:02:11–14:02:12, 1,204 lost in debug (syscall)".
 * @param isOld the agent is silent: says until when it holds, "complete until 14:44:29"
 */
export function headline(verdict: JudgedVerdict, isOld = false): string {
  const until = isOld && verdict.untilMs !== null ? clock(verdict.untilMs) : null
  const complete = verdict.state === 'complete'
  const words = until !== null && complete ? [`${judgement(verdict)} until ${until}`] : [judgement(verdict)]
  if (until !== null && !complete) words.push(`as of ${until}`)
  return [...words, ...absenceWords(verdict)].join(' · ')
}

function judgement(verdict: JudgedVerdict): string {
  const paused = pauseNow(verdict)
  if (verdict.state === 'paused' && paused !== undefined) {
    return `paused since ${clock(paused.fromMs)}: no event is taken`
  }
  if (verdict.state !== 'blind' || verdict.fromMs === null || verdict.toMs === null) return verdict.text
  const [from, to] = [clock(verdict.fromMs), clock(verdict.toMs)]
  return `blind ${from === to ? from : `${from}–${to}`}, ${verdict.text}`
}

/** What the judgement cannot speak of: "syscall is off", "paused 14:45:01–07 in this range". */
function absenceWords(verdict: JudgedVerdict): string[] {
  const off = verdict.absences.flatMap(({ type, toMs }) => (type !== null && toMs === null ? [type] : []))
  const past = verdict.absences.flatMap(({ type, fromMs, toMs }) =>
    toMs === null ? [] : [`${type === null ? 'paused' : `${type} off`} ${clockRange(fromMs, toMs)}`],
  )
  const paused = verdict.state === 'paused' ? undefined : pauseNow(verdict)
  return [
    ...(paused === undefined ? [] : [`paused since ${clock(paused.fromMs)}`]),
    ...(off.length === 0 ? [] : [`${off.join(', ')} ${off.length === 1 ? 'is' : 'are'} off`]),
    ...(past.length === 0 ? [] : [`${past.join(', ')} in this range`]),
  ]
}

function pauseNow(verdict: JudgedVerdict): Absence | undefined {
  return verdict.absences.find(({ type, toMs }) => type === null && toMs === null)
}

/** "14:45:01–07", "14:45:58–14:46:03". */
function clockRange(fromMs: number, toMs: number): string {
  const [from, to] = [clock(fromMs), clock(toMs)]
  if (from === to) return from
  return from.slice(0, 6) === to.slice(0, 6) ? `${from}–${to.slice(6)}` : `${from}–${to}`
}

/** "last 5 min", "since the start". */
export function sinceWords(verdict: JudgedVerdict, nowMs?: number): string {
  if (verdict.sinceMs === null) return ''
  if (verdict.isWhole) return 'since the start'
  return nowMs === undefined ? `since ${clock(verdict.sinceMs)}` : `last ${duration(nowMs - verdict.sinceMs)}`
}
