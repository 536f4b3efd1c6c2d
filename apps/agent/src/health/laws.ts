/**
 * Evaluates the laws of the ledger from two reads of the rows and what ingest counted between them. Pure: numbers in,
 * verdicts out. L5 is the page's, and a client's part of L4 is the serving thread's.
 *
 * Rows are read while programs write them. `before` is read first, then the fill, then `after`, and nothing is consumed
 * in between; so what is on its way is bounded: by what moved between the reads, by the bytes in the buffer, and by one
 * event per CPU and nesting level. A difference beyond that is a violation. So is any difference of a slot at rest: no
 * event stays on its way through a program for as long as an evaluation is from the next.
 */
import { EVENT_BY_NUMBER, formatCount, type Law, SLOT_NAMES } from '@ringside/protocol'
import type { Sequence } from '../ingest/sequence.ts'
import { LARGEST_RECORD_BYTES, LIMITS, ringBytes, SMALLEST_RECORD_BYTES } from '../source/abi.ts'
import type { Fall } from './fall-watch.ts'
import type { FateName, Ledger } from './rows.ts'

const SMALLEST_IN_RING = ringBytes(SMALLEST_RECORD_BYTES)
const LARGEST_IN_RING = ringBytes(LARGEST_RECORD_BYTES)

export interface Accounts {
  cpus: number
  before: Ledger
  after: Ledger
  /** By slot × LIMITS.types + type, between the two reads. */
  consumed: Float64Array
  decoded: Float64Array
  malformed: Float64Array
  sequence: Sequence
  /** By slot, of all parts, read between the two reads of the rows. */
  usedBytes: readonly number[]
  /** Nothing but submitted records stands in the buffers: not so in perf buffers, which tell losses in them. */
  recordsOnly: boolean
  published: number
  withheld: number
  /** Decoded in the window that is not flushed yet. */
  pending: number
  /** Slots that nothing has come to since the evaluation before, and whose buffers were empty then and are now. */
  resting: ReadonlySet<number>
  /** Counters that went down since the evaluation before. */
  falls: readonly Fall[]
}

/** L1, L2, L3 and L6 for each of these slots, and L4 for all. */
export function evaluateLaws(accounts: Accounts, slots: readonly number[]): Law[] {
  return [
    ...slots.flatMap((slot) => [
      kernelLedger(accounts, slot),
      arrival(accounts, slot),
      decoding(accounts, slot),
      numbers(accounts, slot),
    ]),
    handing(accounts),
  ]
}

/**
 * Of a slot's numbers after the last record that arrived, those that are known to be dropped. At rest that is the whole
 * tail; while records are on their way the tail holds those too.
 */
export function lostTail(sequence: Sequence, ledger: Ledger, slot: number): number {
  let lost = 0
  for (const stream of streamsOf(sequence.cpus, slot)) {
    const tail = sequence.tail(stream, ledger.given[stream] as number)
    const later = (ledger.streamDropped[stream] as number) - (sequence.gaps[stream] as number)
    lost += Math.min(tail, Math.max(0, later))
  }
  return lost
}

/** Sum of one slot's cells. */
export function ofSlot(table: Float64Array, slot: number): number {
  let sum = 0
  for (let type = 0; type < LIMITS.types; type += 1) sum += table[slot * LIMITS.types + type] as number
  return sum
}

/** Sum of one slot's streams. */
export function ofStreams(table: Float64Array, cpus: number, slot: number): number {
  let sum = 0
  for (const stream of streamsOf(cpus, slot)) sum += table[stream] as number
  return sum
}

/* seen = filtered + sampled + shed + aggregated + dropped + submitted */
function kernelLedger({ cpus, before, after, resting, falls }: Accounts, slot: number): Law {
  const seen = ofSlot(after.fates.seen, slot)
  const accounted = accountedOf(after, slot)
  const moved = Math.max(0, seen - ofSlot(before.fates.seen, slot), accounted - accountedOf(before, slot))
  const underway = resting.has(slot) ? 0 : cpus * LIMITS.rows
  let holds = true
  const worst = worstOf(slot, (cell) => {
    const seenThen = before.fates.seen[cell] as number
    const seenNow = after.fates.seen[cell] as number
    const accountedNow = cellAccounted(after, cell)
    holds &&= cellAccounted(before, cell) <= seenNow && seenThen <= accountedNow + underway
    return seenNow - accountedNow
  })
  holds &&= ofSlot(before.fates.seen, slot) <= accounted + underway
  const parts = (['filtered', 'sampled', 'shed', 'aggregated'] as const).map((name) => part(name, after, slot))
  const right = [...parts, `dropped ${formatCount(ofSlot(after.dropped, slot))}`, part('submitted', after, slot)]
  const text = `seen ${formatCount(seen)} = ${right.join(' + ')}`
  return judge('L1', slot, {
    left: seen,
    right: accounted,
    bound: moved + underway,
    moving: moved > 0,
    holds,
    worst,
    text,
    fall: fallOf(falls, 'L1', slot),
  })
}

/* submitted = consumed + in the buffer */
function arrival(accounts: Accounts, slot: number): Law {
  const submittedBefore = ofSlot(accounts.before.fates.submitted, slot)
  const submitted = ofSlot(accounts.after.fates.submitted, slot)
  const consumed = ofSlot(accounts.consumed, slot)
  const used = accounts.usedBytes[slot] ?? 0
  const underway = accounts.resting.has(slot) ? 0 : accounts.cpus * LIMITS.levels
  const most = Math.floor(used / SMALLEST_IN_RING)
  const least = accounts.recordsOnly ? Math.ceil(used / LARGEST_IN_RING) : 0
  const holds = submittedBefore <= consumed + most && consumed + least - underway <= submitted
  const moved = Math.max(0, submitted - submittedBefore)
  const inBuffer = Math.max(0, submitted - consumed)
  const text =
    `submitted ${formatCount(submitted)} = consumed ${formatCount(consumed)}` +
    ` + in the buffer ${formatCount(inBuffer)} (${formatCount(used)} bytes)`
  const bound = moved + most + underway
  return judge('L2', slot, { left: submitted, right: consumed, bound, moving: moved > 0 || used > 0, holds, text })
}

/* consumed = decoded + malformed, of every type: what one lacks, another must not make up for */
function decoding({ consumed, decoded, malformed }: Accounts, slot: number): Law {
  const left = ofSlot(consumed, slot)
  const good = ofSlot(decoded, slot)
  const bad = ofSlot(malformed, slot)
  const worst = worstOf(
    slot,
    (cell) => (consumed[cell] as number) - (decoded[cell] as number) - (malformed[cell] as number),
  )
  const text = `consumed ${formatCount(left)} = decoded ${formatCount(good)} + malformed ${formatCount(bad)}`
  const holds = worst.difference === 0
  return judge('L3', slot, { left, right: good + bad, bound: 0, moving: false, holds, worst, text })
}

/* decoded = published + withheld */
function handing({ decoded, published, withheld, pending }: Accounts): Law {
  const left = decoded.reduce((sum, value) => sum + value, 0)
  const right = published + withheld
  const text =
    `decoded ${formatCount(left)} = published ${formatCount(published)} + withheld ${formatCount(withheld)}` +
    (pending === 0 ? '' : ` + in this window ${formatCount(pending)}`)
  const holds = left === right + pending
  return judge('L4', 'agent', { left, right, bound: pending, moving: pending > 0, holds, text })
}

/* per stream: gaps + tail = dropped */
function numbers(accounts: Accounts, slot: number): Law {
  const { cpus, before, after, sequence, usedBytes, resting } = accounts
  const used = usedBytes[slot] ?? 0
  const room = resting.has(slot) ? 0 : Math.floor(used / SMALLEST_IN_RING) + cpus * LIMITS.levels
  let holds = true
  let tail = 0
  let moved = 0
  let worst = 0
  for (const stream of streamsOf(cpus, slot)) {
    const gaps = sequence.gaps[stream] as number
    const given = after.given[stream] as number
    const dropped = after.streamDropped[stream] as number
    const droppedBefore = before.streamDropped[stream] as number
    const givenBefore = before.given[stream] as number
    const lost = gaps + sequence.tail(stream, given)
    tail += sequence.tail(stream, given)
    moved += Math.max(0, given - givenBefore, dropped - droppedBefore)
    holds &&= droppedBefore <= lost
    holds &&= gaps + sequence.tail(stream, givenBefore) <= dropped + room
    if (Math.abs(lost - dropped) > Math.abs(worst)) worst = lost - dropped
  }
  const gaps = ofStreams(sequence.gaps, cpus, slot)
  const right = ofStreams(after.streamDropped, cpus, slot)
  const misplaced = ofStreams(sequence.inversions, cpus, slot) + ofStreams(sequence.duplicates, cpus, slot)
  const underway = gaps + tail - right
  const text =
    `gaps ${formatCount(gaps)} + tail ${formatCount(tail)} = dropped ${formatCount(right)}` +
    (underway === 0 || resting.has(slot) ? '' : ` + on their way ${formatCount(underway)}`) +
    (misplaced === 0 ? '' : `; ${formatCount(misplaced)} numbers out of order or twice`)
  return judge('L6', slot, {
    ...{ left: gaps + tail, right, bound: moved + room, moving: moved > 0 || used > 0 },
    ...{ holds: holds && misplaced === 0, worst: { difference: worst, of: 'one stream' }, text },
    fall: fallOf(accounts.falls, 'L6', slot),
  })
}

interface Findings {
  left: number
  right: number
  /** How far the sides may be apart now. */
  bound: number
  /** Something is on its way. */
  moving: boolean
  holds: boolean
  /** Of the parts that the law holds for one by one, that which is furthest off. */
  worst?: { difference: number; of: string }
  text: string
  /** A counter of this law that went down: then it is broken, whatever the sums. */
  fall?: Fall | undefined
}

/** Where the law is broken and the sums hide it, the difference is that of the part which is furthest off. */
function judge(id: Law['id'], slot: number | string, findings: Findings): Law {
  const { left, right, bound, moving, worst, fall } = findings
  const holds = findings.holds && fall === undefined
  const scope = typeof slot === 'string' ? slot : (SLOT_NAMES[slot] ?? `slot ${slot}`)
  const verdict = !holds ? 'violated' : left === right ? 'exact' : 'in flight'
  const isHidden = !holds && worst !== undefined && Math.abs(worst.difference) > Math.abs(left - right)
  const difference = isHidden ? worst.difference : left - right
  const inFlight = moving || difference !== 0 ? bound : 0
  const detail = isHidden ? `; ${worst.of} is off by ${formatCount(worst.difference)}` : ''
  const fell = fall === undefined ? '' : `; ${fall.text}`
  return { id, scope, left, right, difference, inFlight, verdict, text: `${scope}: ${findings.text}${detail}${fell}` }
}

function fallOf(falls: readonly Fall[], law: Fall['law'], slot: number): Fall | undefined {
  return falls.find((fall) => fall.law === law && fall.slot === slot)
}

/** The type of a slot whose difference is the largest, whichever its sign. */
function worstOf(slot: number, differenceOf: (cell: number) => number): { difference: number; of: string } {
  let worst = { difference: 0, of: '' }
  for (let type = 0; type < LIMITS.types; type += 1) {
    const difference = differenceOf(slot * LIMITS.types + type)
    if (Math.abs(difference) > Math.abs(worst.difference)) worst = { difference, of: typeName(type) }
  }
  return worst
}

function typeName(type: number): string {
  return EVENT_BY_NUMBER[type]?.type ?? 'what has no known type'
}

const FATES_AFTER_SEEN = ['filtered', 'sampled', 'shed', 'aggregated', 'submitted'] as const

function cellAccounted(ledger: Ledger, cell: number): number {
  let sum = ledger.dropped[cell] as number
  for (const name of FATES_AFTER_SEEN) sum += ledger.fates[name][cell] as number
  return sum
}

function accountedOf(ledger: Ledger, slot: number): number {
  let sum = 0
  for (let type = 0; type < LIMITS.types; type += 1) sum += cellAccounted(ledger, slot * LIMITS.types + type)
  return sum
}

function part(name: FateName, ledger: Ledger, slot: number): string {
  return `${name} ${formatCount(ofSlot(ledger.fates[name], slot))}`
}

function streamsOf(cpus: number, slot: number): number[] {
  const first = slot * cpus * LIMITS.levels
  return Array.from({ length: cpus * LIMITS.levels }, (_, index) => first + index)
}
