/**
 * The ledger's laws on the real kernel: events whose number is known, over both transports, against buffers that are too
 * small and buffers that are not, with readers that keep up and readers that stop. Nothing is approximate: every
 * difference is 0.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { EVENT_TYPES, RATE_ALL } from '@ringside/protocol'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/source/abi.ts'
import type { GeneratorOptions } from '../../src/source/kernel/generator.ts'
import { Load } from './support/load.ts'
import { type Account, Reading, total, totalOf } from './support/reading.ts'

const KIB = 1024
const BUFFERS: readonly (GeneratorOptions & { name: string })[] = [
  { name: 'a ring of 4 KiB', bytes: 4 * KIB, transport: 'ring' },
  { name: 'a ring of 256 KiB', bytes: 256 * KIB, transport: 'ring' },
  { name: 'a ring of 16 MiB', bytes: 16 * KIB * KIB, transport: 'ring' },
  { name: 'rings by CPU of 256 KiB', bytes: 256 * KIB, transport: 'ring', sharding: 'cpu' },
  { name: 'perf buffers of 8 KiB', bytes: 8 * KIB, transport: 'perf' },
  { name: 'perf buffers of 256 KiB', bytes: 256 * KIB, transport: 'perf' },
  { name: 'perf buffers of 16 MiB', bytes: 16 * KIB * KIB, transport: 'perf' },
]
const EVENTS = 1_000_000
const CPU = 0
const TICKS_HZ = 10_000
const STOP_MS = 2000
const TENTH = Math.round(0.1 * (RATE_ALL + 1))
const TIMEOUT_MS = 60_000
/** Of the whole matrix. */
const EVENTS_AT_LEAST = 10_000_000

let made = 0

function expectExact(account: Account): void {
  const violated = account.laws.filter((law) => law.difference !== 0).map((law) => `${law.id}: ${law.text}`)
  expect(violated, 'laws with a difference').toEqual([])
  expect(account.laws.map((law) => law.id)).toEqual(['L1', 'L2', 'L3', 'L6'])
  expect(account.usedBytes, 'bytes left').toBe(0)
  expect(total(account.scanner.malformed), 'malformed').toBe(0)
  expect(total(account.scanner.sequence.inversions), 'inversions').toBe(0)
  expect(total(account.scanner.sequence.duplicates), 'duplicates').toBe(0)
}

/** What became of the generated events, added up by hand: submitted must be what was read. */
function expectAllFound(account: Account, events: number): void {
  const { fates, dropped } = account.ledger
  expect(totalOf(fates.seen, EVENT_TYPES.load), 'seen').toBe(events)
  const read = totalOf(account.scanner.decoded, EVENT_TYPES.load)
  const lost = totalOf(dropped, EVENT_TYPES.load)
  expect(read + lost + totalOf(fates.sampled, EVENT_TYPES.load), 'read, dropped or sampled').toBe(events)
}

/** With one stream on one CPU: what is lost and not told by the buffer is what nothing followed. */
function expectTold(account: Account): void {
  if (account.toldLost === null) return
  expect(account.toldLost, 'told').toBeGreaterThan(0)
  expect(account.toldLost + tails(account), 'told, and at the end').toBe(total(account.ledger.dropped))
}

function tails({ ledger, scanner }: Account): number {
  return total(ledger.given.map((number, stream) => scanner.sequence.tail(stream, number)))
}

describe.each(BUFFERS)('$name', (buffer) => {
  let reading: Reading

  beforeEach(async () => {
    reading = await Reading.open(buffer)
    return () => reading.close()
  })

  test('[L1 L2 L3 L6] N = seen, and every event is found, with a reader that does its best', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const load = new Load(reading.generator, { cpu: CPU, events: EVENTS })
    await reading.until(() => load.done)
    made += await load.finished()
    const account = await reading.account()
    expectExact(account)
    expectAllFound(account, EVENTS)
  })

  test('[L1 L2 L3 L6] N = seen, and holes and tail are exact, with a reader stopped for 2 s', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const load = new Load(reading.generator, { cpu: CPU })
    await reading.until(() => reading.consumed > EVENTS / 10)
    await sleep(STOP_MS)
    await reading.until(() => load.made > 0 && total(reading.scanner.sequence.gaps) > 0)
    await sleep(STOP_MS / 4)
    const events = await load.stop()
    made += events
    const account = await reading.account()
    expectExact(account)
    expectAllFound(account, events)
    expect(total(account.scanner.sequence.gaps), 'holes').toBeGreaterThan(0)
    expect(tails(account), 'tail').toBeGreaterThan(0)
    expectTold(account)
  })

  test('[L1 L2 L3 L6] N = seen, and every event is found, sampled at 10 %', { timeout: TIMEOUT_MS }, async () => {
    reading.generator.setRate(EVENT_TYPES.load, TENTH)
    const load = new Load(reading.generator, { cpu: CPU, events: EVENTS })
    await reading.until(() => load.done)
    made += await load.finished()
    const account = await reading.account()
    expectExact(account)
    expectAllFound(account, EVENTS)
    const kept = EVENTS - totalOf(account.ledger.fates.sampled, EVENT_TYPES.load)
    const deviation = Math.sqrt(EVENTS * 0.1 * 0.9)
    expect(Math.abs(kept - EVENTS / 10), 'off a tenth').toBeLessThan(6 * deviation)
  })

  test('[L1 L2 L3 L6] N = seen of both, while a 10 kHz timer emits inside of them', {
    timeout: TIMEOUT_MS,
  }, async () => {
    reading.generator.startTicks(TICKS_HZ, [CPU])
    const load = new Load(reading.generator, { cpu: CPU, events: 2 * EVENTS })
    await reading.until(() => load.done)
    reading.generator.stopTicks()
    made += await load.finished()
    const account = await reading.account()
    expectExact(account)
    expectAllFound(account, 2 * EVENTS)
    expect(totalOf(account.ledger.fates.seen, EVENT_TYPES.tick), 'ticks seen').toBe(account.runs.ticks)
    const nested = total(account.ledger.given.filter((_, stream) => stream % LIMITS.levels > 0))
    expect(nested, 'nested').toBeGreaterThan(0)
  })
})

afterAll(() => {
  expect(made, 'events of the whole matrix').toBeGreaterThanOrEqual(EVENTS_AT_LEAST)
})
