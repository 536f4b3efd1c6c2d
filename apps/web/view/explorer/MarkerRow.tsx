'use client'
/** What is missing, at the place where it is missing: how much, where, of which types, and what to do about it. */
import { type EventType, type Filter, formatCount, type Settings, type SlotName } from '@ringside/protocol'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { useAgent } from '../../store/agent.ts'
import { explorer } from '../../store/explorer.ts'
import { droppedTypes } from '../../store/history.ts'
import type { Loss, Marker } from '../../store/markers.ts'
import { TYPE_NAMES } from '../../store/ui.ts'
import { clock, clockMs, duration, events, timeRange } from '../format.ts'
import { ROW } from './columns.ts'
import { remedyOf } from './remedy.ts'
import { openGap } from './selection.ts'

export function MarkerRow({ marker, index, entry }: { marker: Marker; index: number; entry: number }) {
  switch (marker.kind) {
    case 'gap':
      return (
        <Line index={index} testId="gap-row" look="hatch-dropped text-dropped-ink" time={spanOf(marker.losses)}>
          {marker.losses.map((loss) => (
            <LossText key={loss.slot} loss={loss} />
          ))}
          <button
            type="button"
            data-testid="gap-open"
            className="ml-auto shrink-0 pr-1 underline hover:no-underline"
            onClick={() => {
              explorer.pause('operator')
              openGap({ entry, losses: marker.losses })
            }}
          >
            streams
          </button>
        </Line>
      )
    case 'unsent':
      return (
        <Line index={index} testId="unsent-row" look="hatch-skipped text-skipped-ink" time={clockMs(marker.timeMs)}>
          <span className="truncate">{unsentWords(marker)} Counted in every number, lost only to this page.</span>
        </Line>
      )
    case 'silence':
      return (
        <Line
          index={index}
          testId="silence-row"
          look="bg-sunken text-mute"
          time={timeRange(marker.fromMs, marker.toMs)}
        >
          <span className="truncate">
            This page was not connected for {duration(marker.toMs - marker.fromMs)}: what happened then was not sent to
            it.
            {marker.restarted ? ' The agent was restarted; its counters began anew.' : ''}
          </span>
        </Line>
      )
    case 'paused':
      return (
        <Line index={index} testId="paused-row" look="bg-sunken text-mute" time={clockMs(marker.timeMs)}>
          <span className="truncate">
            Capture was paused at {clock(marker.timeMs)}: what happens until it is resumed is not known.
          </span>
        </Line>
      )
    case 'resumed':
      return (
        <Line index={index} testId="resumed-row" look="bg-sunken text-mute" time={clockMs(marker.timeMs)}>
          <span className="truncate">
            Capture was paused {marker.fromMs === null ? 'until ' : `${clock(marker.fromMs)}–`}
            {clock(marker.timeMs)}: what happened is not known.
          </span>
        </Line>
      )
    case 'asked':
      return (
        <Line index={index} testId="asked-row" look="bg-sunken text-mute" time={clockMs(marker.toMs)}>
          <span className="truncate">
            From {clock(marker.fromMs)} until here only {filterWords(marker.filter)} was asked for: whatever else
            happened then was not sent.
          </span>
        </Line>
      )
  }
}

/** "exec or exit in debug with “bash”". */
function filterWords({ types, slots, text }: Filter): string {
  const parts = [types.length === 0 ? 'what is' : types.join(' or ')]
  if (slots.length > 0) parts.push(`in ${slots.join(' or ')}`)
  if (text !== '') parts.push(`with “${text}”`)
  return parts.join(' ')
}

function LossText({ loss }: { loss: Loss }) {
  const points = useAgent((state) => state.points)
  const applied = useAgent((state) => state.control?.applied ?? null)
  const types = droppedTypes(points, loss.slot, loss.fromMs - LATELY_MS, loss.toMs)
  const [most] = types
  const remedy = remedyOf(loss.slot, most?.[0] ?? null, applied)
  return (
    <>
      <span className="min-w-0 truncate">
        <strong>{events(loss.lost)} lost here</strong> in {loss.slot}
        {` (${whichTypes(types, routedTo(loss.slot, applied))})`}
        {' · '}
        {loss.cpus.length === 1 ? `cpu ${loss.cpus[0]}` : `cpus ${loss.cpus.join(', ')}`}
        {loss.holes > 1 && ` · ${formatCount(loss.holes)} holes`}
      </span>
      <span className="flex shrink-0 gap-3">
        {remedy.map((step) => (
          <Link key={step.text} href={step.href} className="underline hover:no-underline">
            {step.text}
          </Link>
        ))}
      </span>
    </>
  )
}

/** A gap is younger than the counters that tell its types: those dropped just before count as well. */
const LATELY_MS = 2_500
const NAMED = 3

/** "syscall", "mostly syscall, then packet"; before the counters tell, what it can have been. */
function whichTypes(dropped: readonly [EventType, number][], routed: readonly EventType[]): string {
  const [first, ...others] = dropped.slice(0, NAMED).map(([type]) => type)
  if (first === undefined) return routed.length === 0 ? 'type unknown' : routed.join(' or ')
  return others.length === 0 ? first : `mostly ${first}, then ${others.join(', ')}`
}

function routedTo(slot: SlotName, applied: Settings | null): EventType[] {
  return applied === null
    ? []
    : TYPE_NAMES.filter((type) => applied.types[type].slot === slot && applied.types[type].enabled)
}

function Line(props: { index: number; testId: string; look: string; time: string; children: ReactNode }) {
  return (
    <tr
      aria-rowindex={props.index + 2}
      data-testid={props.testId}
      className={`${ROW} flex items-center gap-4 border-y border-line px-4 ${props.look}`}
    >
      <td className="shrink-0 font-mono text-data">{props.time}</td>
      <td className="flex min-w-0 flex-1 items-center gap-4">{props.children}</td>
    </tr>
  )
}

function spanOf(losses: readonly Loss[]): string {
  return timeRange(Math.min(...losses.map((loss) => loss.fromMs)), Math.max(...losses.map((loss) => loss.toMs)))
}

function unsentWords(marker: Extract<Marker, { kind: 'unsent' }>): string {
  const parts: string[] = []
  if (marker.skipped > 0) parts.push(`${formatCount(marker.skipped)} rows skipped: this page was too slow.`)
  if (marker.withheld > 0)
    parts.push(`${formatCount(marker.withheld)} rows withheld: the agent had no room to hand them on.`)
  return parts.join(' ')
}
