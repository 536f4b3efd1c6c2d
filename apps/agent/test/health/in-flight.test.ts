/** Producers on two CPUs, buffers of one or two parts that are finite, swaps, and one reader, in any interleaving. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Accounts, evaluateLaws } from '../../src/health/laws.ts'
import { Sequence } from '../../src/ingest/sequence.ts'
import { LIMITS, ringBytes } from '../../src/source/abi.ts'
import { copyOf, count, emptyLedger } from './ledgers.ts'

const CPUS = 2
const TYPE = 9
const SMALLEST = 40
const CASES = 10_000
const RUNS_BETWEEN_CHECKS = 40

const KEPT_OUT = ['filtered', 'sampled', 'shed', 'aggregated'] as const
type Fate = (typeof KEPT_OUT)[number] | 'sent'

interface Part {
  capacity: number
  used: number
  records: { stream: number; number: number; bytes: number }[]
}

class Host {
  readonly ledger = emptyLedger(CPUS)
  readonly sequence = new Sequence(CPUS)
  readonly consumed = new Float64Array(LIMITS.slots * LIMITS.types)
  readonly #steps: (() => void)[][] = [[], []]
  /** Oldest first, each with its parts; the last one is written. */
  #buffers: Part[][]

  constructor(parts: number, capacity: number) {
    this.#buffers = [newParts(parts, capacity)]
  }

  get usedBytes(): number {
    return this.#buffers.flat().reduce((sum, { used }) => sum + used, 0)
  }

  /** The most records that the buffers can hold, over their parts. */
  get mostRecords(): number {
    return this.#buffers.flat().reduce((sum, { capacity }) => sum + Math.floor(capacity / ringBytes(SMALLEST)), 0)
  }

  get inFlight(): number {
    return (this.ledger.fates.submitted[TYPE] as number) - (this.consumed[TYPE] as number)
  }

  /** One step of the event that this CPU is at, or the first one of the next. */
  step(cpu: number, fate: Fate, size: number): void {
    const steps = this.#steps[cpu] as (() => void)[]
    if (steps.length === 0) steps.push(...this.#event(cpu, fate, size))
    steps.shift()?.()
  }

  finish(): void {
    for (const steps of this.#steps) for (const step of steps.splice(0)) step()
  }

  swap(parts: number, capacity: number): void {
    this.#buffers.push(newParts(parts, capacity))
  }

  read(most: number): void {
    let left = most
    for (const part of this.#buffers.flat()) {
      for (const { stream, number, bytes } of part.records.splice(0, left)) {
        this.sequence.note(stream, number, 0)
        this.consumed[TYPE] = (this.consumed[TYPE] as number) + 1
        part.used -= bytes
        left -= 1
      }
      if (part.records.length > 0) return
    }
    this.#buffers = this.#buffers.slice(-1)
  }

  #event(cpu: number, fate: Fate, size: number): (() => void)[] {
    const note = (name: Parameters<typeof count>[4]) => count(this.ledger, CPUS, TYPE, cpu, name)
    const seen = () => note('seen')
    if (fate !== 'sent') return [seen, () => note(fate)]
    const stream = cpu * LIMITS.levels
    let number = 0
    let isOut = false
    return [
      seen,
      () => {
        number = (this.ledger.given[stream] as number) + 1
        this.ledger.given[stream] = number
      },
      () => {
        isOut = this.#output({ stream, number, bytes: ringBytes(size) }, cpu)
      },
      () => note(isOut ? 'submitted' : 'dropped_full'),
    ]
  }

  #output(record: Part['records'][number], cpu: number): boolean {
    const parts = this.#buffers.at(-1) as Part[]
    const part = parts[cpu % parts.length] as Part
    if (part.used + record.bytes > part.capacity - 8) return false
    part.records.push(record)
    part.used += record.bytes
    return true
  }
}

function newParts(parts: number, capacity: number): Part[] {
  return Array.from({ length: parts }, () => ({ capacity: capacity / parts, used: 0, records: [] }))
}

const parts = fc.integer({ min: 1, max: 2 })
const capacity = fc.constantFrom(512, 1024, 4096)
const event = fc.record({
  op: fc.constant('emit' as const),
  cpu: fc.nat(CPUS - 1),
  fate: fc.oneof(
    { weight: 4, arbitrary: fc.constant('sent' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...KEPT_OUT) },
  ),
  size: fc.integer({ min: SMALLEST, max: 200 }),
})
const read = fc.record({ op: fc.constant('read' as const), most: fc.nat(20) })
const swap = fc.record({ op: fc.constant('swap' as const), parts, capacity })
const step = fc.oneof({ weight: 12, arbitrary: event }, { weight: 2, arbitrary: read }, { weight: 1, arbitrary: swap })
const steps = fc.array(step, { maxLength: RUNS_BETWEEN_CHECKS })

function run(host: Host, now: Step): void {
  if (now.op === 'emit') host.step(now.cpu, now.fate, now.size)
  else if (now.op === 'read') host.read(now.most)
  else host.swap(now.parts, now.capacity)
}

type Step =
  | { op: 'emit'; cpu: number; fate: Fate; size: number }
  | { op: 'read'; most: number }
  | { op: 'swap'; parts: number; capacity: number }

function accountsOf(host: Host, before: Accounts['before'], usedBytes: number): Accounts {
  const { ledger, consumed, sequence } = host
  const decoded = consumed.reduce((sum, value) => sum + value, 0)
  return {
    ...{ cpus: CPUS, before, after: ledger, consumed, decoded: consumed, malformed: new Float64Array(consumed.length) },
    ...{ sequence, usedBytes: [usedBytes], recordsOnly: true, published: decoded, withheld: 0, pending: 0 },
    ...{ resting: new Set<number>(), falls: [] },
  }
}

/** What is wrong while events are on their way. One string, since ten thousand cases are looked at. */
function faults(host: Host, before: Accounts['before'], usedBytes: number): string {
  const moved = (host.ledger.fates.submitted[TYPE] as number) - (before.fates.submitted[TYPE] as number)
  const most = host.mostRecords + moved + CPUS * LIMITS.levels
  return evaluateLaws(accountsOf(host, before, usedBytes), [0])
    .filter(({ id, verdict, difference, inFlight }) => {
      const isBounded = id !== 'L2' || (inFlight <= most && difference >= -CPUS)
      return verdict === 'violated' || Math.abs(difference) > inFlight || !isBounded
    })
    .map(({ text }) => text)
    .join('; ')
}

test('[ACC-3][L1][L2][L6] in flight are at most as many records as the parts can hold, whatever happens in which order', () => {
  fc.assert(
    fc.property(parts, capacity, steps, steps, steps, (first, bytes, past, between, last) => {
      const host = new Host(first, bytes)
      for (const now of past) run(host, now)
      const before = copyOf(host.ledger)
      /* Nothing is read or swapped between the two reads of the rows. */
      const emitted = (list: Step[]) => list.filter(({ op }) => op === 'emit')
      for (const now of emitted(between)) run(host, now)
      const used = host.usedBytes
      for (const now of emitted(last)) run(host, now)
      const wrong = faults(host, before, used)
      host.finish()
      const { inFlight, mostRecords } = host
      host.read(Number.POSITIVE_INFINITY)
      const still = evaluateLaws({ ...accountsOf(host, host.ledger, 0), resting: new Set([0]) }, [0])
      const moving = still.filter(({ verdict, inFlight: bound }) => verdict !== 'exact' || bound !== 0)
      expect({ wrong, isBounded: inFlight >= 0 && inFlight <= mostRecords, moving }).toEqual({
        ...{ wrong: '', isBounded: true, moving: [] },
      })
    }),
    { numRuns: CASES },
  )
}, 120_000)
