/**
 * From the ledger to a verdict for a time range: what an operator may conclude from what is on the screen. Pure: two
 * health messages in, words and numbers out, no clock.
 */
import { droppedOf, healthChange } from './changes.ts'
import { formatCount } from './format.ts'
import type { Fates, Health, Law, SlotHealth } from './messages/ledger.ts'
import { shareOf } from './ratio.ts'
import type { EventType, SlotName } from './words.ts'

/**
 * From the worst to the best: `unknown` nothing to judge by · `unbalanced` the numbers do not add up · `blind` records
 * were lost · `paused` · `shed`, `sampled` events left out by choice · `complete`.
 */
export type VerdictState = 'unknown' | 'unbalanced' | 'blind' | 'paused' | 'shed' | 'sampled' | 'complete'

/** ACC-7: from one drop on there is something to see; a per mille warns, a per cent is an error. */
export type DropLevel = 'none' | 'info' | 'warn' | 'error'

export interface TypeShare {
  slot: SlotName
  type: EventType
  /** Events lost or left out in the range. */
  count: number
}

export interface Sampling extends TypeShare {
  /** How many events one kept event stands for; null when none was kept. */
  factor: number | null
}

export interface Verdict {
  state: VerdictState
  /** One sentence without times: "1,204 lost in debug (syscall)". */
  text: string
  /** What the sentence leaves unsaid, and should be said near it. */
  notes: string[]
  /** Where losses happened, ms since the epoch; null when nothing was lost. Not earlier than the range. */
  fromMs: number | null
  toMs: number | null
  /** Records dropped, largest first. `lost` is their sum, or what the gaps tell where the counters lag behind. */
  lost: number
  losses: TypeShare[]
  /** Share of what was seen that was dropped, in [0, 1]; null when nothing was seen. */
  share: number | null
  level: DropLevel
  malformed: number
  /** Hook calls without a program run; null where the kernel does not tell. */
  missed: number | null
  shed: TypeShare[]
  sampled: Sampling[]
  violated: Law[]
}

/** ACC-7. The caller chooses the window; the levels are meant for 10 s. */
export function dropLevel(dropped: number, seen: number): DropLevel {
  if (!(dropped > 0)) return 'none'
  const share = shareOf(dropped, seen) ?? 1
  return share >= 0.01 ? 'error' : share >= 0.001 ? 'warn' : 'info'
}

/**
 * @param first the health at the beginning of the range; null: since the agent started
 * @param last the health at its end; null when none has arrived
 */
export function verdictOf(first: Health | null, last: Health | null, paused = false): Verdict {
  const changed = healthChange(first, last)
  if (!changed.ok || last === null) return unknown(changed.ok ? 'none' : changed.reason)
  const { fates: changes, fallen } = changed.change
  const violated = last.laws.filter((law) => law.verdict === 'violated')
  const losses = shares(changes, droppedOf)
  const slotLosses = last.slots.map((slot) => slotLoss(slot, first))
  const dropped = total(losses)
  const seen = changes.reduce((sum, change) => sum + change.seen, 0)
  const lost = dropped > 0 ? dropped : slotLosses.reduce((sum, loss) => sum + loss.lost, 0)
  const verdict: Verdict = {
    state: 'complete',
    text: 'complete',
    notes: [],
    ...blindTimes(slotLosses, losses, first, last),
    lost,
    losses,
    share: shareOf(lost, seen),
    level: dropLevel(lost, seen),
    malformed: changes.reduce((sum, change) => sum + change.malformed, 0),
    missed: missedIn(first, last),
    shed: shares(changes, (change) => change.shed),
    sampled: samplings(changes),
    violated,
  }
  verdict.state = stateOf(verdict, fallen.length > 0, paused)
  verdict.text = TEXTS[verdict.state](verdict)
  verdict.notes = notesOf(changes, fallen, first, last)
  return verdict
}

/** What is left out by choice and told nowhere else, and what qualifies the sentence. */
function notesOf(changes: readonly Fates[], fallen: readonly string[], first: Health | null, last: Health): string[] {
  const notes: string[] = []
  const sum = (count: (change: Fates) => number): number => changes.reduce((all, change) => all + count(change), 0)
  if (fallen.length > 0) notes.push(`lower at the end than at the beginning: ${fallen.join(', ')}`)
  const filtered = sum((change) => change.filtered)
  if (filtered > 0) notes.push(`${formatCount(filtered)} filtered in the kernel`)
  const aggregated = sum((change) => change.aggregated)
  if (aggregated > 0) notes.push(`${formatCount(aggregated)} counted in tables instead of sent`)
  for (const table of ['connections', 'windows', 'heavy'] as const) {
    const untabled = last.untabled[table] - (first?.untabled[table] ?? 0)
    if (untabled > 0) notes.push(`the table of ${TABLES[table]} had no room for ${formatCount(untabled)}`)
  }
  for (const slot of last.slots) {
    const blocked = slot.droppedBlocked - (slotBefore(first, slot)?.droppedBlocked ?? 0)
    if (blocked > 0) {
      notes.push(
        `${formatCount(blocked)} dropped in ${slot.slot} while a record that was not committed blocked its reader`,
      )
    }
  }
  if (last.missed === null) notes.push('this kernel does not tell whether hook calls were missed')
  else if (first?.missed === null) notes.push('hook calls missed were not known yet when this range began')
  return notes
}

const TABLES = { connections: 'connections', windows: 'time windows', heavy: 'heaviest keys' } as const

/** What was missed before the range is not the range's: where its beginning does not tell, nothing is. */
function missedIn(first: Health | null, last: Health): number | null {
  if (last.missed === null || first?.missed === null) return null
  return Math.max(0, last.missed - (first?.missed ?? 0))
}

function stateOf(verdict: Verdict, hasFallen: boolean, paused: boolean): VerdictState {
  if (hasFallen || verdict.violated.length > 0) return 'unbalanced'
  if (verdict.lost > 0 || verdict.malformed > 0 || (verdict.missed ?? 0) > 0) return 'blind'
  if (paused) return 'paused'
  if (verdict.shed.length > 0) return 'shed'
  return verdict.sampled.length > 0 ? 'sampled' : 'complete'
}

const TEXTS: Readonly<Record<VerdictState, (verdict: Verdict) => string>> = {
  unknown: () => 'unknown',
  unbalanced: (verdict) =>
    verdict.violated.length > 0
      ? `the numbers do not balance: ${verdict.violated.map((law) => law.text).join('; ')}`
      : 'the numbers do not balance: a counter went down',
  blind: (verdict) => {
    const pieces: string[] = []
    if (verdict.lost > 0) pieces.push(`${formatCount(verdict.lost)} lost${placesOf(verdict.losses)}`)
    if (verdict.malformed > 0) pieces.push(`${formatCount(verdict.malformed)} malformed`)
    if ((verdict.missed ?? 0) > 0) pieces.push(`${formatCount(verdict.missed ?? 0)} hook calls missed`)
    return pieces.join(', ')
  },
  paused: () => 'paused: no event is taken',
  shed: (verdict) => `${formatCount(total(verdict.shed))} shed by backpressure${placesOf(verdict.shed)}`,
  sampled: (verdict) => {
    if (verdict.sampled.some((sampling) => sampling.factor === null))
      return `sampled to none${placesOf(verdict.sampled)}`
    const factor = Math.max(...verdict.sampled.map((sampling) => sampling.factor ?? 1))
    return `sampled ×${factor < 10 ? Number(factor.toFixed(1)) : formatCount(factor)}${placesOf(verdict.sampled)}`
  },
  complete: () => 'complete',
}

/** " in debug (syscall, open)", or nothing where no place is known. */
function placesOf(shares: readonly TypeShare[]): string {
  const bySlot = new Map<SlotName, EventType[]>()
  for (const { slot, type } of shares) bySlot.set(slot, [...(bySlot.get(slot) ?? []), type])
  if (bySlot.size === 0) return ''
  return ` in ${Array.from(bySlot, ([slot, types]) => `${slot} (${types.join(', ')})`).join(', ')}`
}

const UNKNOWN = {
  none: 'no health received yet',
  epoch: 'the agent was restarted within this range',
  order: 'the range ends before it begins',
} as const

function unknown(reason: keyof typeof UNKNOWN): Verdict {
  return {
    state: 'unknown',
    text: UNKNOWN[reason],
    notes: [],
    fromMs: null,
    toMs: null,
    lost: 0,
    losses: [],
    share: null,
    level: 'none',
    malformed: 0,
    missed: null,
    shed: [],
    sampled: [],
    violated: [],
  }
}

function shares(changes: readonly Fates[], count: (change: Fates) => number): TypeShare[] {
  return changes
    .filter((change) => count(change) > 0)
    .map((change) => ({ slot: change.slot, type: change.type, count: count(change) }))
    .sort((a, b) => b.count - a.count)
}

/** Drawn are those that are neither filtered nor counted in tables alone. */
function samplings(changes: readonly Fates[]): Sampling[] {
  return changes
    .filter((change) => change.sampled > 0)
    .map(({ slot, type, seen, filtered, aggregated, sampled }) => {
      const drawn = seen - filtered - aggregated
      const kept = drawn - sampled
      return { slot, type, count: sampled, factor: kept > 0 ? drawn / kept : null }
    })
    .sort((a, b) => b.count - a.count)
}

function total(shares: readonly TypeShare[]): number {
  return shares.reduce((sum, share) => sum + share.count, 0)
}

interface SlotLoss {
  slot: SlotHealth
  lost: number
}

/** A gap that is noticed after the tail was told moves from one to the other: only the sum is a loss. */
function slotLoss(slot: SlotHealth, first: Health | null): SlotLoss {
  const before = slotBefore(first, slot)
  return { slot, lost: Math.max(0, slot.gaps + slot.tail - (before === undefined ? 0 : before.gaps + before.tail)) }
}

function slotBefore(first: Health | null, slot: SlotHealth): SlotHealth | undefined {
  return first?.slots.find((other) => other.slot === slot.slot)
}

/** Where a slot lost something. Drops that take no number, those nested too deep, show in the counters alone. */
function blindTimes(
  slotLosses: readonly SlotLoss[],
  losses: readonly TypeShare[],
  first: Health | null,
  last: Health,
): { fromMs: number | null; toMs: number | null } {
  const lossy = slotLosses
    .filter(({ slot, lost }) => lost > 0 || losses.some((loss) => loss.slot === slot.slot))
    .map((loss) => loss.slot)
  if (lossy.length === 0) return { fromMs: null, toMs: null }
  const start = first?.timeMs ?? last.timeMs - last.upMs
  const fromMs = Math.min(...lossy.map((slot) => Math.max(start, slot.firstDropMs ?? start)))
  const toMs = Math.max(...lossy.map((slot) => Math.min(last.timeMs, slot.lastDropMs ?? last.timeMs)))
  return { fromMs, toMs: Math.max(fromMs, toMs) }
}
