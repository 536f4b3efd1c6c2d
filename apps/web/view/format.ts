/** Rates and times as the page prints them, the same width for the same kind; what the wire's vocabulary prints is there. */
import { formatCount } from '@ringside/protocol'

/** Events a second: whole from 10 on, one digit below, so that a trickle is not rounded to nothing. */
export function rate(perSecond: number): string {
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : formatCount(perSecond)
}

/** How long, in the two largest units that say something: "0.4 s", "12 s", "3 min 05 s", "2 h 10 min", "4 d 3 h". */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${pad(Math.floor(seconds % 60), 2)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${pad(minutes % 60, 2)} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** Local time of day, "14:02:11". */
export function clock(ms: number): string {
  const date = new Date(ms)
  return `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`
}

/** "14:02:11.412". */
export function clockMs(ms: number): string {
  return `${clock(ms)}.${pad(Math.floor(((ms % 1000) + 1000) % 1000), 3)}`
}

/** Local date and time for what may be of another day: "2025-11-22 14:02:11". */
export function stamp(ms: number): string {
  const date = new Date(ms)
  return `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)} ${clock(ms)}`
}

/** Time of an event to the microsecond, "14:02:11.412 806". @param ns since @param zeroMs */
export function eventTime(zeroMs: number, ns: number): string {
  const micros = Math.floor(ns / 1000)
  const wholeMs = Math.floor(micros / 1000)
  // The fraction of time zero is added in microseconds: a double of ms since 1970 has no room for it.
  const zeroMicros = Math.round((zeroMs % 1) * 1000)
  const total = micros - wholeMs * 1000 + zeroMicros
  const ms = Math.floor(zeroMs) + wholeMs + Math.floor(total / 1000)
  return `${clockMs(ms)} ${pad(total % 1000, 3)}`
}

/** A range of times that does not repeat what both share: "14:02:11.300–.412". */
export function timeRange(fromMs: number, toMs: number): string {
  const from = clockMs(fromMs)
  const to = clockMs(toMs)
  if (from === to) return from
  if (from.slice(0, 8) === to.slice(0, 8)) return `${from}–${to.slice(8)}`
  return `${from}–${to}`
}

/** "1 event", "1,204 events". */
export function events(n: number): string {
  return `${formatCount(n)} ${n === 1 ? 'event' : 'events'}`
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
