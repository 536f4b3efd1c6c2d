/** What stands between rows: losses at their place, each with its own word, and breaks of the connection. */
import { type Batch, type Control, type Filter, type GapStream, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import type { Placed } from './event-log.ts'

/** Missing numbers of one stream, and between which records they were given out, ms since the Unix epoch. */
export interface LostStream extends GapStream {
  readonly fromMs: number
  readonly toMs: number
}

/** Records dropped in one slot; times are ms since the Unix epoch. */
export interface Loss {
  readonly slot: SlotName
  readonly lost: number
  readonly holes: number
  readonly fromMs: number
  readonly toMs: number
  readonly cpus: readonly number[]
  /** Those that lost most, most first. */
  readonly streams: readonly LostStream[]
}

/** Streams that a loss names at most: as many as a gap of the wire does. */
const STREAMS_NAMED = 16

export type Marker =
  | { readonly kind: 'gap'; readonly losses: readonly Loss[] }
  /** Rows not sent, because this page was too slow (skipped) or the agent's own threads were (withheld). */
  | { readonly kind: 'unsent'; readonly skipped: number; readonly withheld: number; readonly timeMs: number }
  | { readonly kind: 'silence'; readonly fromMs: number; readonly toMs: number; readonly restarted: boolean }
  /** Capture was paused, by this page or by another. */
  | { readonly kind: 'paused'; readonly timeMs: number }
  /** `fromMs` is null when it was paused before this page looked. */
  | { readonly kind: 'resumed'; readonly fromMs: number | null; readonly timeMs: number }
  /** Until here only what passes this filter was asked for. */
  | { readonly kind: 'asked'; readonly filter: Filter; readonly fromMs: number; readonly toMs: number }

/** Counters of one connection as its last frame had them. */
export interface FrameCounters {
  readonly skipped: number
  readonly withheld: number
}

/** The markers that a batch brings with it, in the order of their places. */
export function markersOf(batch: Batch, zeroMs: number, before: FrameCounters): Placed<Marker>[] {
  const markers: Placed<Marker>[] = []
  const skipped = Math.max(0, batch.skipped - before.skipped)
  const withheld = Math.max(0, batch.withheld - before.withheld)
  if (skipped + withheld > 0) {
    markers.push({ before: 0, marker: { kind: 'unsent', skipped, withheld, timeMs: zeroMs + batch.fromNs / 1e6 } })
  }
  for (const gap of [...batch.gaps].sort((a, b) => a.row - b.row)) {
    const slot = SLOT_NAMES[gap.slot]
    if (slot === undefined) continue
    const { lost, holes, cpus } = gap
    const times = { fromMs: zeroMs + gap.fromNs / 1e6, toMs: zeroMs + gap.toNs / 1e6 }
    const streams = gap.streams.map((stream) => ({ ...stream, ...times }))
    const loss = { slot, lost, holes, cpus, streams, ...times }
    markers.push({ before: gap.row, marker: { kind: 'gap', losses: [loss] } })
  }
  return markers
}

/** What a change of the settings says of the time between rows; null when capture goes on as before. */
export function pauseMarker(
  before: Control | null,
  after: Control,
  pausedSinceMs: number | null,
  nowMs: number,
): Extract<Marker, { kind: 'paused' | 'resumed' }> | null {
  const { paused } = after.applied
  if (before === null || before.applied.paused === paused) return null
  // The change that was just carried out is the newest, by the clock that the rows have as well.
  const timeMs = after.history.at(-1)?.timeMs ?? nowMs
  return paused ? { kind: 'paused', timeMs } : { kind: 'resumed', fromMs: pausedSinceMs, timeMs }
}

/** Rows that the filter before left out look like a quiet host; null when it left none out, or is still in force. */
export function askedMarker(before: Filter, after: Filter, fromMs: number, toMs: number): Marker | null {
  const isEverything = before.types.length + before.slots.length === 0 && before.text === ''
  if (isEverything || JSON.stringify(before) === JSON.stringify(after)) return null
  return { kind: 'asked', filter: before, fromMs, toMs }
}

/** Two neighbouring markers of one kind as one; null when they say different things. */
export function mergeMarkers(earlier: Marker, later: Marker): Marker | null {
  if (earlier.kind === 'gap' && later.kind === 'gap') {
    return { kind: 'gap', losses: later.losses.reduce(addLoss, earlier.losses) }
  }
  if (earlier.kind === 'unsent' && later.kind === 'unsent') {
    return {
      ...earlier,
      skipped: earlier.skipped + later.skipped,
      withheld: earlier.withheld + later.withheld,
    }
  }
  if (earlier.kind === 'paused' && later.kind === 'resumed') return { ...later, fromMs: earlier.timeMs }
  return null
}

function addLoss(losses: readonly Loss[], loss: Loss): readonly Loss[] {
  const before = losses.find((other) => other.slot === loss.slot)
  if (before === undefined) return [...losses, loss]
  const sum: Loss = {
    slot: loss.slot,
    lost: before.lost + loss.lost,
    holes: before.holes + loss.holes,
    fromMs: Math.min(before.fromMs, loss.fromMs),
    toMs: Math.max(before.toMs, loss.toMs),
    cpus: [...new Set([...before.cpus, ...loss.cpus])].sort((a, b) => a - b),
    streams: loss.streams.reduce(addStream, before.streams).slice(0, STREAMS_NAMED),
  }
  return losses.map((other) => (other === before ? sum : other))
}

function addStream(streams: readonly LostStream[], stream: LostStream): readonly LostStream[] {
  const before = streams.find((other) => other.cpu === stream.cpu && other.level === stream.level)
  const sum: LostStream =
    before === undefined
      ? stream
      : {
          ...before,
          from: Math.min(before.from, stream.from),
          to: Math.max(before.to, stream.to),
          lost: before.lost + stream.lost,
          fromMs: Math.min(before.fromMs, stream.fromMs),
          toMs: Math.max(before.toMs, stream.toMs),
        }
  return [...streams.filter((other) => other !== before), sum].sort((a, b) => b.lost - a.lost)
}
