/**
 * Judges the self-test of emit: whether the events whose number is known went where the laws say. Pure; the events are
 * made in source/kernel/self-test.ts.
 */
import { EVENT_TYPES, formatCount, type Law } from '@ringside/protocol'
import type { Sequence } from '../ingest/sequence.ts'
import { LIMITS } from '../source/abi.ts'
import { evaluateLaws } from './laws.ts'
import { type Ledger, readLedger } from './rows.ts'

export interface SelfTestFacts {
  cpus: number
  /** Where all events were routed to. */
  slot: number
  rows: Uint8Array
  /** Events that the generators were asked for. */
  loads: number
  ticks: number
  /** Bytes left in the ring after the drain. */
  usedBytes: number
  milliseconds: number
  check: SelfTestRecords
}

/** What was found in the ring; cells as in `Ledger`. */
export interface SelfTestRecords {
  readonly consumed: Float64Array
  readonly decoded: Float64Array
  readonly malformed: Float64Array
  readonly sequence: Sequence
}

export interface SelfTestResult {
  ok: boolean
  /** Seen, of both generators. */
  events: number
  ticks: number
  /** Events that were made inside of another one. */
  nestedRecords: number
  dropped: number
  milliseconds: number
  /** L1, L2, L3 and L6. */
  laws: Law[]
  /** One line for people. */
  text: string
}

export function judgeSelfTest(facts: SelfTestFacts): SelfTestResult {
  const ledger = readLedger(facts.rows, facts.cpus)
  const laws = lawsAtRest(ledger, facts.check, facts.slot)
  const events = sum(ledger.fates.seen)
  const dropped = sum(ledger.dropped)
  const nestedRecords = nested(ledger)
  const faults = faultsOf(facts, ledger, laws)
  const parts = [
    `${formatCount(events)} events`,
    `${formatCount(nestedRecords)} nested`,
    `${formatCount(dropped)} dropped`,
  ]
  return {
    ok: faults.length === 0,
    events,
    ticks: facts.ticks,
    nestedRecords,
    dropped,
    milliseconds: facts.milliseconds,
    laws,
    text: faults.length > 0 ? faults.join('; ') : `${parts.join(', ')}: every one accounted for`,
  }
}

/**
 * L1, L2, L3 and L6 of a slot when its ring is drained and no program runs. Stricter than while events are on their
 * way: the difference is added up over all types or streams, so that faults do not cancel each other out.
 */
export function lawsAtRest(ledger: Ledger, records: SelfTestRecords, slot: number): Law[] {
  const { consumed, decoded, malformed, sequence } = records
  const { filtered, sampled, shed, aggregated, submitted, seen } = ledger.fates
  const tails = ledger.given.map((number, stream) => sequence.tail(stream, number))
  const differences: Partial<Record<Law['id'], number>> = {
    L1: apart(seen, filtered, sampled, shed, aggregated, ledger.dropped, submitted),
    L2: apart(submitted, consumed),
    L3: apart(consumed, decoded, malformed),
    L6: apart(ledger.streamDropped, sequence.gaps, tails) + sum(sequence.inversions) + sum(sequence.duplicates),
  }
  const { cpus } = sequence
  const rest = { usedBytes: [], recordsOnly: true, published: 0, withheld: 0, pending: 0 }
  const still = { cpus, before: ledger, after: ledger, resting: new Set([slot]), falls: [] }
  const laws = evaluateLaws({ ...still, ...rest, consumed, decoded, malformed, sequence }, [slot])
  return laws.flatMap((law) => {
    const difference = differences[law.id]
    if (difference === undefined) return []
    return { ...law, difference, inFlight: 0, verdict: difference === 0 ? 'exact' : 'violated' }
  })
}

function faultsOf(facts: SelfTestFacts, ledger: Ledger, laws: Law[]): string[] {
  const faults = laws.filter((law) => law.verdict === 'violated').map((law) => `${law.id} violated: ${law.text}`)
  const counted = (type: number) => sum(ledger.fates.seen.filter((_, cell) => cell % LIMITS.types === type))
  const loads = counted(EVENT_TYPES.load)
  const ticks = counted(EVENT_TYPES.tick)
  if (loads !== facts.loads) faults.push(`${facts.loads} events were made, and ${loads} seen`)
  if (ticks !== facts.ticks) faults.push(`${facts.ticks} timer events were made, and ${ticks} seen`)
  if (facts.usedBytes !== 0) faults.push(`${facts.usedBytes} bytes left in the ring`)
  if (nested(ledger) === 0) faults.push('no event was nested: the timer did not interrupt the generator')
  if (sum(ledger.dropped) === 0) faults.push('no event was dropped: the ring was never full')
  return faults
}

/** How far a table is from the sum of others, over all its elements. */
function apart(whole: Float64Array, ...parts: Float64Array[]): number {
  return sum(
    whole.map((value, index) => Math.abs(value - parts.reduce((total, part) => total + (part[index] as number), 0))),
  )
}

/** Numbers given out at a level above the first. */
function nested({ given }: Ledger): number {
  return sum(given.filter((_, stream) => stream % LIMITS.levels > 0))
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
