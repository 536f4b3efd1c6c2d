import { thresholdOf } from '@ringside/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ledger } from '../../src/health/rows.ts'
import { LIMITS, MODE, ringBytes, SMALLEST_RECORD_BYTES } from '../../src/source/abi.ts'
import { CPUS, SLOTS, SmallWorld, TYPES } from './small-world.ts'

const CASES = 10_000
const TIMEOUT_MS = 240_000
const FATES_AFTER_SEEN = ['filtered', 'sampled', 'shed', 'aggregated', 'submitted'] as const

const type = fc.constantFrom(...TYPES)
const slot = fc.nat({ max: SLOTS - 1 })
const cpu = fc.nat({ max: CPUS - 1 })
const load = { type, cpu, pad: fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 976 })) }
const buffer = { slot, bytes: fc.constantFrom(4096, 8192), parts: fc.constantFrom(1, CPUS) }

/** Everything that may happen, with how often. */
const STEPS = {
  emit: [8, fc.record({ ...load, times: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 })) })],
  interrupt: [3, fc.record(load)],
  resume: [2, fc.record({ cpu })],
  sample: [1, fc.record({ slot, type, share: fc.constantFrom(0, 0.1, 0.5, 1) })],
  shed: [1, fc.record({ slot, on: fc.boolean(), above: fc.nat({ max: 4096 }) })],
  filter: [1, fc.record({ type })],
  mode: [1, fc.record({ type, mode: fc.constantFrom(...Object.values(MODE)) })],
  route: [1, fc.record({ type, slot })],
  pause: [1, fc.record({ on: fc.boolean() })],
  swap: [4, fc.record(buffer)],
  adopt: [1, fc.record(buffer)],
  install: [1, fc.record({ slot })],
  settle: [4, fc.record({ slot })],
  abandon: [1, fc.record({ slot })],
  remove: [1, fc.record({ slot })],
  note: [2, fc.constant({})],
  read: [3, fc.record({ slot, bytes: fc.constantFrom(1024, 2048, 16_384) })],
  pass: [2, fc.constant({})],
  retire: [1, fc.constant({})],
  crash: [1, fc.constant({})],
} as const

type Arguments = { [Name in keyof typeof STEPS]: (typeof STEPS)[Name][1] extends fc.Arbitrary<infer A> ? A : never }
type Step = { [Name in keyof Arguments]: { name: Name; with: Arguments[Name] } }[keyof Arguments]

const step = fc.oneof(
  ...Object.entries(STEPS).map(([name, [weight, args]]) => ({
    weight,
    arbitrary: (args as fc.Arbitrary<unknown>).map((given) => ({ name, with: given }) as Step),
  })),
)

type Deeds = { [Name in Exclude<keyof Arguments, 'crash'>]: (world: SmallWorld, given: Arguments[Name]) => void }

const DO: Deeds = {
  emit: (world, { times, ...given }) => {
    for (let i = 0; i < times; i += 1) world.emit(given)
  },
  interrupt: (world, given) => world.interrupt(given),
  resume: (world, given) => world.resume(given.cpu),
  sample: (world, given) => world.controls.rate(given.slot, given.type, thresholdOf(given.share)),
  shed: (world, given) => world.controls.backpressure(given.slot, given.on, given.above, given.above * 0.75),
  filter: (world, given) => world.filter(given.type),
  mode: (world, given) => world.mode(given.type, given.mode),
  route: (world, given) => world.route(given.type, given.slot),
  pause: (world, { on }) => world.pause(on),
  swap: (world, given) => world.swap(given.slot, given.bytes, given.parts),
  adopt: (world, given) => world.adopt(given.slot, given.bytes, given.parts),
  install: (world, given) => world.install(given.slot),
  settle: (world, given) => world.settle(given.slot),
  abandon: (world, given) => world.abandon(given.slot),
  remove: (world, given) => world.remove(given.slot),
  note: (world) => world.note(),
  read: (world, given) => {
    world.read(given.slot, given.bytes)
  },
  pass: (world) => world.pass(),
  retire: (world) => {
    world.retire()
  },
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Thrown, and not expected one by one: there are millions of them. */
function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what())
}

function mustBeSame(left: Float64Array, right: Float64Array, what: string): void {
  for (let at = 0; at < left.length; at += 1) {
    must(left[at] === right[at], () => `${what} ${at}: ${left[at]} = ${right[at]}`)
  }
}

function ofType(values: Float64Array): Float64Array {
  const sums = new Float64Array(LIMITS.types)
  for (const [cell, value] of values.entries())
    sums[cell % LIMITS.types] = (sums[cell % LIMITS.types] as number) + value
  return sums
}

/** L1 of every cell; what is reserved and not submitted is on its way. */
function missingIn({ fates, dropped }: Ledger): number {
  let missing = 0
  for (let cell = 0; cell < dropped.length; cell += 1) {
    const seen = fates.seen[cell] as number
    let told = dropped[cell] as number
    for (const fate of FATES_AFTER_SEEN) told += fates[fate][cell] as number
    must(told <= seen, () => `L1 of cell ${cell}: ${told} of ${seen}`)
    missing += seen - told
  }
  return missing
}

/** What holds at every moment, with records on their way. */
function checkMoment(world: SmallWorld): void {
  const ledger = world.ledger()
  const { scanner, expected } = world
  const missing = missingIn(ledger)
  must(missing === world.underway, () => `L1: ${missing} are missing, ${world.underway} on their way`)
  mustBeSame(ofType(ledger.fates.seen), expected.seen, 'seen of type')
  mustBeSame(ofType(ledger.fates.filtered), expected.filtered, 'filtered of type')
  mustBeSame(ofType(ledger.fates.aggregated), expected.aggregated, 'aggregated of type')
  mustBeSame(scanner.decoded, scanner.consumed, 'L3 of cell')
  for (let at = 0; at < SLOTS; at += 1) {
    const cells = [at * LIMITS.types, (at + 1) * LIMITS.types] as const
    const waiting = sum(ledger.fates.submitted.subarray(...cells)) - sum(scanner.consumed.subarray(...cells))
    const most = world.usedBytes(at) / ringBytes(SMALLEST_RECORD_BYTES)
    must(waiting >= 0 && waiting <= most, () => `L2 of slot ${at}: ${waiting} wait in room for ${most}`)
  }
  const { inversions, duplicates } = scanner.sequence
  must(sum(inversions) + sum(duplicates) === 0, () => 'numbers out of order, or twice')
}

/** What holds when all that began has ended and was read. */
function checkRest(world: SmallWorld): void {
  const ledger = world.ledger()
  const { sequence, consumed } = world.scanner
  must(missingIn(ledger) === 0, () => 'L1 at rest')
  mustBeSame(consumed, ledger.fates.submitted, 'L2 of cell')
  for (let stream = 0; stream < sequence.streams; stream += 1) {
    const lost = (sequence.gaps[stream] as number) + sequence.tail(stream, ledger.given[stream] as number)
    const dropped = ledger.streamDropped[stream]
    must(lost === dropped, () => `L6 of stream ${stream}: ${lost} = ${dropped}`)
  }
  const counted = world.takeCounted()
  must(counted === world.expected.counted, () => `counted: ${counted} = ${world.expected.counted}`)
  for (let at = 0; at < SLOTS; at += 1) must(world.usedBytes(at) === 0, () => `slot ${at} is not empty`)
}

/** Epochs of an agent, one world each: nothing of one is in the numbers of another. */
function tell(steps: readonly Step[]): { epochs: number; dropped: number; consumed: number } {
  let world = new SmallWorld()
  const told = { epochs: 1, dropped: 0, consumed: 0 }
  const end = () => {
    checkMoment(world)
    world.drain()
    checkMoment(world)
    checkRest(world)
    told.dropped += sum(world.ledger().dropped)
    told.consumed += sum(world.scanner.consumed)
  }
  for (const now of steps) {
    if (now.name === 'crash') {
      end()
      world = new SmallWorld()
      told.epochs += 1
      must(sum(world.ledger().fates.seen) + sum(world.scanner.consumed) === 0, () => 'an epoch begins at 0')
    } else (DO[now.name] as (world: SmallWorld, given: unknown) => void)(world, now.with)
  }
  end()
  return told
}

test(
  '[QA-1][L1][L2][L3][L6][ACC-3][ACC-11] hold under any order of emit, drop, sample, shed, filter, count, route, swap, removal and crash',
  () => {
    const total = { epochs: 0, dropped: 0, consumed: 0 }
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const told = tell(steps)
        total.epochs += told.epochs
        total.dropped += told.dropped
        total.consumed += told.consumed
      }),
      { numRuns: CASES },
    )
    expect(total.epochs).toBeGreaterThan(CASES)
    expect(total.dropped).toBeGreaterThan(CASES)
    expect(total.consumed).toBeGreaterThan(CASES)
  },
  TIMEOUT_MS,
)
