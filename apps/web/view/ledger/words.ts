/** The verdict in words with its times, as the operator's clock has them. */
import type { JudgedVerdict } from '../../store/verdict.ts'
import { clock, duration } from '../format.ts'

/** "complete", "blind 14:02:11–14:02:12, 1,204 lost in debug (syscall)". */
export function headline(verdict: JudgedVerdict): string {
  if (verdict.state !== 'blind' || verdict.fromMs === null || verdict.toMs === null) return verdict.text
  const [from, to] = [clock(verdict.fromMs), clock(verdict.toMs)]
  return `blind ${from === to ? from : `${from}–${to}`}, ${verdict.text}`
}

/** "last 5 min", "since the start". */
export function sinceWords(verdict: JudgedVerdict, nowMs?: number): string {
  if (verdict.sinceMs === null) return ''
  if (verdict.isWhole) return 'since the start'
  return nowMs === undefined ? `since ${clock(verdict.sinceMs)}` : `last ${duration(nowMs - verdict.sinceMs)}`
}
