/**
 * Judges the self-test of emit: whether the events whose number is known went where the laws say. Pure; the events are
 * made in source/kernel/self-test.ts.
 */
import { EVENT_TYPES, type Law } from '@ringside/protocol'
import { LIMITS } from '../source/abi.ts'
import { type Ledger, readLedger } from './rows.ts'

export interface SelfTestFacts {
  cpus: number
  rows: Uint8Array
  /** Events that the generators were asked for. */
  loads: number
  ticks: number
  /** Bytes left in the ring after the drain. */
  usedBytes: number
  milliseconds: number
  check: SelfTestRecords
}

/** What was found in the ring; cells and streams as in `Ledger`. */
export interface SelfTestRecords {
  readonly consumed: Float64Array
  readonly decoded: Float64Array
  readonly malformed: Float64Array
  readonly sequence: {
    readonly gaps: Float64Array
    readonly inversions: Float64Array
    readonly duplicates: Float64Array
    tail(stream: number, given: number): number
  }
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
  const seen = sum(ledger.fates.seen)
  const dropped = sum(ledger.dropped)
  const laws = exactLaws(ledger, facts.check)
  const nestedRecords = nested(ledger)
  const faults = faultsOf(facts, ledger, laws)
  return {
    ok: faults.length === 0,
    events: seen,
    ticks: facts.ticks,
    nestedRecords,
    dropped,
    milliseconds: facts.milliseconds,
    laws,
    text:
      faults.length > 0
        ? faults.join('; ')
        : `${seen} events, ${nestedRecords} of them nested, ${dropped} dropped: every one accounted for`,
  }
}

/** L1, L2, L3 and L6 at rest: the ring is drained, and no program runs. */
export function exactLaws(ledger: Ledger, records: SelfTestRecords): Law[] {
  return [lawOfFates(ledger), lawOfRing(ledger, records), lawOfRecords(records), lawOfNumbers(ledger, records)]
}

function faultsOf(facts: SelfTestFacts, ledger: Ledger, laws: Law[]): string[] {
  const faults = laws.filter((law) => law.verdict === 'violated').map((law) => `${law.id} violated: ${law.text}`)
  const counted = (type: number) => sum(ledger.fates.seen.filter((_, cell) => cell % LIMITS.types === type))
  const loads = counted(EVENT_TYPES.load)
  const ticks = counted(EVENT_TYPES.tick)
  if (loads !== facts.loads) faults.push(`${facts.loads} events were made, and ${loads} seen`)
  if (ticks !== facts.ticks) faults.push(`${facts.ticks} timer events were made, and ${ticks} seen`)
  const { inversions, duplicates } = facts.check.sequence
  if (sum(inversions) > 0) faults.push(`${sum(inversions)} records out of order`)
  if (sum(duplicates) > 0) faults.push(`${sum(duplicates)} numbers twice`)
  if (facts.usedBytes !== 0) faults.push(`${facts.usedBytes} bytes left in the ring`)
  if (nested(ledger) === 0) faults.push('no event was nested: the timer did not interrupt the generator')
  if (sum(ledger.dropped) === 0) faults.push('no event was dropped: the ring was never full')
  return faults
}

function lawOfFates({ fates, dropped }: Ledger): Law {
  const { seen, filtered, sampled, shed, aggregated, submitted } = fates
  const parts = seen.map((_, cell) =>
    [filtered, sampled, shed, aggregated, dropped, submitted].reduce((total, table) => total + at(table, cell), 0),
  )
  const text = `seen ${sum(seen)} = sampled ${sum(sampled)} + dropped ${sum(dropped)} + submitted ${sum(submitted)}`
  return exact('L1', seen, parts, text)
}

function lawOfRing({ fates }: Ledger, { consumed }: SelfTestRecords): Law {
  const text = `submitted ${sum(fates.submitted)} = consumed ${sum(consumed)}`
  return exact('L2', fates.submitted, consumed, text)
}

function lawOfRecords({ consumed, decoded, malformed }: SelfTestRecords): Law {
  const parts = decoded.map((value, cell) => value + at(malformed, cell))
  return exact('L3', consumed, parts, `consumed ${sum(consumed)} = decoded ${sum(decoded)}`)
}

function lawOfNumbers({ given, streamDropped }: Ledger, { sequence }: SelfTestRecords): Law {
  const tails = given.map((number, stream) => sequence.tail(stream, number))
  const missing = sequence.gaps.map((gaps, stream) => gaps + at(tails, stream))
  return exact('L6', missing, streamDropped, `gaps ${sum(sequence.gaps)} + tail ${sum(tails)} = ${sum(streamDropped)}`)
}

/** The difference is that of all cells or streams: faults that cancel each other out are faults. */
function exact(id: Law['id'], lefts: Float64Array, rights: Float64Array, text: string): Law {
  const difference = sum(lefts.map((left, index) => Math.abs(left - at(rights, index))))
  const verdict = difference === 0 ? 'exact' : 'violated'
  return { id, scope: 'self-test', left: sum(lefts), right: sum(rights), difference, inFlight: 0, verdict, text }
}

/** Numbers given out at a level above the first. */
function nested({ given }: Ledger): number {
  return sum(given.filter((_, stream) => stream % LIMITS.levels > 0))
}

function at(table: Float64Array, index: number): number {
  return table[index] as number
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
