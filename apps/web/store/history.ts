/**
 * The last minutes as points a second apart, derived from the counters of consecutive health messages. Counters of two
 * epochs are never compared; a silence (a lost connection, a restart) is kept as a break and never drawn as a line.
 */
import {
  changeOf,
  droppedOf,
  type EventType,
  type Health,
  healthChange,
  rateOf,
  SLOT_NAMES,
  type SlotName,
} from '@ringside/protocol'
import { hasBuffer, hasCounts } from './slots.ts'
import { type Growth, growthOf, perSecond } from './totals.ts'

export interface SlotPoint {
  readonly capacityBytes: number
  /** Highest fill of this point's time, bytes. */
  readonly highWaterBytes: number
  /** Events a second by fate. */
  readonly rates: Growth
  /** Events dropped in this point's time: a count, since one lost event must not vanish in a rate. */
  readonly dropped: number | null
  readonly droppedByType: Readonly<Partial<Record<EventType, number>>>
  readonly shedding: boolean
}

export interface Point {
  /** End of the point's time, ms. */
  readonly timeMs: number
  readonly seconds: number
  /** Nothing is known about the time between the point before and this one. */
  readonly afterBreak: boolean
  readonly slots: Readonly<Partial<Record<SlotName, SlotPoint>>>
  readonly rates: Growth
  /** [ACC-11] Counters that were lower at its end than at its beginning, in words: a fault. */
  readonly fallen: readonly string[]
  /** Rows a second that this page was sent, and that matched its filter; null: another connection, or a fault. */
  readonly streamed: number | null
  readonly matched: number | null
}

/** Two messages further apart than this have a break between them: health comes once a second. */
const BREAK_MS = 3_500

export class History {
  readonly capacity: number
  #points: readonly Point[] = []
  #last: Health | null = null

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Oldest first; a new array after each change. */
  get points(): readonly Point[] {
    return this.#points
  }

  push(health: Health): void {
    const before = this.#last
    this.#last = health
    if (before === null || before.epoch !== health.epoch || health.timeMs <= before.timeMs) return
    const point = pointOf(before, health, this.#points.length === 0)
    this.#points = [...this.#points.slice(-(this.capacity - 1)), point]
  }
}

function pointOf(before: Health, after: Health, first: boolean): Point {
  const seconds = (after.upMs - before.upMs) / 1000 || (after.timeMs - before.timeMs) / 1000
  const slots: Partial<Record<SlotName, SlotPoint>> = {}
  for (const slot of SLOT_NAMES) {
    const health = after.slots.find((candidate) => candidate.slot === slot)
    if (health === undefined || !(hasBuffer(health) || hasCounts(after, slot))) continue
    const growth = growthOf(before, after, slot)
    slots[slot] = {
      capacityBytes: health.capacityBytes,
      highWaterBytes: health.highWaterBytes,
      rates: perSecond(growth, seconds),
      dropped: growth.dropped,
      droppedByType: droppedByType(before, after, slot),
      shedding: health.shedding,
    }
  }
  const changed = healthChange(before, after)
  return {
    timeMs: after.timeMs,
    seconds,
    afterBreak: first || after.timeMs - before.timeMs > BREAK_MS,
    slots,
    rates: perSecond(growthOf(before, after), seconds),
    fallen: changed.ok ? changed.change.fallen : [],
    streamed: rateOf(clientChange(before, after, 'sent')),
    matched: rateOf(clientChange(before, after, 'matched')),
  }
}

/** The account of one connection begins at 0. */
function clientChange(before: Health, after: Health, of: 'sent' | 'matched') {
  const [from, to] = [before, after].map(({ epoch, timeMs, client }) =>
    client === null ? null : { epoch: `${epoch} ${client.id}`, timeMs, count: client[of] },
  )
  return changeOf(from ?? null, to ?? null)
}

function droppedByType(before: Health, after: Health, slot: SlotName): Partial<Record<EventType, number>> {
  const byType: Partial<Record<EventType, number>> = {}
  for (const row of after.fates) {
    if (row.slot !== slot) continue
    const earlier = before.fates.find((other) => other.slot === slot && other.type === row.type)
    const dropped = droppedOf(row) - (earlier === undefined ? 0 : droppedOf(earlier))
    if (dropped > 0) byType[row.type] = dropped
  }
  return byType
}

/**
 * Which types were dropped in a slot between two times, most first: by the seconds that touch the range, so an upper
 * bound at both ends.
 */
export function droppedTypes(
  points: readonly Point[],
  slot: SlotName,
  fromMs: number,
  toMs: number,
): [EventType, number][] {
  const sums = new Map<EventType, number>()
  for (const point of points) {
    if (point.timeMs < fromMs || point.timeMs - point.seconds * 1000 > toMs) continue
    for (const [type, dropped] of Object.entries(point.slots[slot]?.droppedByType ?? {})) {
      sums.set(type as EventType, (sums.get(type as EventType) ?? 0) + dropped)
    }
  }
  return [...sums].sort((a, b) => b[1] - a[1])
}
