/** What stands between rows: losses at their place, each with its own word, and breaks of the connection. */
import { type Batch, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import type { Placed } from './event-log.ts'

/** Records dropped in one slot; times are ms since the Unix epoch. */
export interface Loss {
  readonly slot: SlotName
  readonly lost: number
  readonly holes: number
  readonly fromMs: number
  readonly toMs: number
  readonly cpus: readonly number[]
}

export type Marker =
  | { readonly kind: 'gap'; readonly losses: readonly Loss[] }
  /** Rows not sent, because this page was too slow (skipped) or the agent's own threads were (withheld). */
  | { readonly kind: 'unsent'; readonly skipped: number; readonly withheld: number; readonly timeMs: number }
  | { readonly kind: 'silence'; readonly fromMs: number; readonly toMs: number; readonly restarted: boolean }

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
    const loss = { slot, lost, holes, cpus, fromMs: zeroMs + gap.fromNs / 1e6, toMs: zeroMs + gap.toNs / 1e6 }
    markers.push({ before: gap.row, marker: { kind: 'gap', losses: [loss] } })
  }
  return markers
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
  }
  return losses.map((other) => (other === before ? sum : other))
}
