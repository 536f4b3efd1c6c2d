/** What the tables in the kernel tell, in words. Pure. */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatShare,
  type Health,
  type HeavyTable,
  type Tables,
} from '@ringside/protocol'
import { clock, events } from '../format.ts'

type HeavyRow = Tables['heavy'][HeavyTable]['rows'][number]

/** "1,204,000 events: as records 108 MiB → as tables 12 KiB: 9,000 × less"; what was sent as well is told by itself. */
export function volumeWords({ instead, beside, tableBytes }: Tables['volume']): string {
  if (instead.events === 0 && beside.events === 0) return 'No event has been counted yet.'
  const tables = `as tables ${formatBytes(tableBytes)}`
  const sent = `${sizeWords(beside)}, counted and sent as well`
  if (instead.events === 0) return `${sent}: ${tables} come on top`
  const spared = `${sizeWords(instead)} → ${tables}${factorWords(instead.eventBytes, tableBytes, beside.events === 0)}`
  return beside.events === 0 ? spared : `${spared}. Besides ${sent}: that spares nothing.`
}

function sizeWords({ events: counted, eventBytes }: Tables['volume']['instead']): string {
  return `${events(counted)}: as records ${formatBytes(eventBytes)}`
}

/** All tables are set against what was counted instead, so the factor is never too high; nor is it told when too low to say. */
function factorWords(eventBytes: number, tableBytes: number, areTablesItsOwn: boolean): string {
  if (tableBytes === 0 || eventBytes === 0) return ''
  const factor = eventBytes / tableBytes
  if (factor >= 1) return `: ${timesText(factor)} × less`
  return areTablesItsOwn ? ': more, so far, than the events themselves' : ''
}

function timesText(factor: number): string {
  return factor < 10 ? String(Number(factor.toFixed(1))) : formatCount(Number(factor.toPrecision(2)))
}

/** What had no room in a table: counted, but in no row of it. */
export function untabledWords(untabled: Health['untabled']): string[] {
  const names = {
    connections: ['The table of connections was full', 'packets are in none of its rows'],
    windows: ['The table of time windows was full', 'events are in none of its windows'],
    heavy: ['The table of candidates was full', 'times a key that had become heavy could not be entered'],
  } as const
  return (Object.keys(names) as (keyof typeof names)[])
    .filter((table) => untabled[table] > 0)
    .map((table) => `${names[table][0]}: ${formatCount(untabled[table])} ${names[table][1]}.`)
}

/** What a total of a key is worth: the bounds of the seconds add up. */
export function totalWords({ total, totalErrorBound, sinceMs }: HeavyRow): string {
  return (
    `${formatCount(total)} events since ${clock(sinceMs)}, when the key became known; ` +
    `too high by ${formatCount(Math.ceil(totalErrorBound))} at most, with the same δ`
  )
}

/** "too high by 12 at most (ε 0.27 % of 4,400), but for 1.8 % of the keys (δ); never too low". */
export function boundWords({ total, errorBound, epsilon, delta }: Tables['heavy'][HeavyTable]): string {
  return (
    `A count of the last second may be too high by ${formatCount(Math.ceil(errorBound))} at most (ε ${formatShare(epsilon)} of ` +
    `${formatCount(total)}), but for ${formatShare(delta)} of the keys (δ); it is never too low.`
  )
}

/** How long ago, coarsely: "now", "3 s ago". */
export function agoText(timeMs: number, nowMs: number): string {
  const ago = nowMs - timeMs
  return ago < 1_500 ? 'now' : `${formatDuration(Math.round(ago / 1_000) * 1e9)} ago`
}
