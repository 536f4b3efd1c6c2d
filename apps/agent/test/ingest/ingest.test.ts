import { expect, test } from 'vitest'
import { Ingest } from '../../src/ingest/ingest.ts'
import type { FromIngest, IngestOptions, ToIngest } from '../../src/ingest/messages.ts'
import type { SourceFeed } from '../../src/source/source.ts'
import type { SyntheticOptions } from '../../src/source/synthetic/host.ts'
import { openSynthetic, timed } from '../synthetic/source.ts'

const ZERO = { hi: 3, lo: 5 }

type Change = Partial<SourceFeed> | ((feed: SourceFeed) => Partial<SourceFeed>)

/** Ingest under a clock that moves only while it waits. @param change what the feed does otherwise */
function open(synthetic: Partial<SyntheticOptions> = {}, change: Change = {}) {
  const { feed, controls, clock } = openSynthetic(synthetic)
  const messages: FromIngest[] = []
  const inbox: ToIngest[] = []
  const waits: { micros: number; asleep: boolean }[] = []
  let asleep = false
  const base = timed(feed, clock)
  const watched: SourceFeed = {
    ...base,
    wait: (micros) => {
      waits.push({ micros, asleep })
      base.wait(micros)
    },
    setAsleep: (now) => {
      asleep = now
      base.setAsleep(now)
    },
    ...(typeof change === 'function' ? change(base) : change),
  }
  const options: IngestOptions = {
    feed: { kind: 'synthetic', cpus: 2, seed: 1, eventsPerSecond: 1, shared: new SharedArrayBuffer(0), rings: [] },
    epoch: 'e1',
    timeZero: ZERO,
    flushMs: 16,
  }
  const ingest = new Ingest(watched, options, {
    post: (message) => messages.push(message),
    receive: () => inbox.shift(),
    nowNs: () => clock.ns,
    timeMs: () => clock.ns / 1e6,
  })
  const runFor = (ms: number) => {
    const until = clock.ns + ms * 1e6
    while (clock.ns < until) ingest.step()
  }
  return { ingest, controls, clock, messages, inbox, waits, runFor }
}

function times(messages: readonly FromIngest[], type: 'fill' | 'health' | 'top'): number[] {
  return messages.flatMap((message) => {
    if (message.type === 'health' && type === 'health') return [message.health.timeMs]
    if (message.type === 'top' && type === 'top') return [message.top.timeMs]
    return message.type === 'fill' && type === 'fill' ? [message.timeMs] : []
  })
}

test('fill is told ten times a second, health and top tables once', () => {
  const { messages, runFor } = open()
  runFor(5000)
  expect(times(messages, 'health')).toHaveLength(5)
  expect(times(messages, 'top')).toHaveLength(5)
  expect(times(messages, 'fill').length).toBeGreaterThanOrEqual(49)
  expect(times(messages, 'fill').length).toBeLessThanOrEqual(50)
})

test('a window is handed over within a flush interval and one rest', () => {
  const { messages, inbox, runFor } = open()
  const filter = { types: [], slots: [], text: '' }
  inbox.push({ type: 'demands', version: 1, demands: [{ id: 1, filter, rowsPerSecond: null, bytes: false }] })
  for (let i = 0; i < 60; i += 1) inbox.push({ type: 'credit' })
  runFor(100)
  const published = messages.filter(({ type }) => type === 'published')
  expect(published.length).toBeGreaterThanOrEqual(5)
  expect(published.length).toBeLessThanOrEqual(8)
})

test('an idle reader sleeps, and wakes only for what is due', () => {
  const { controls, waits, runFor } = open()
  controls.pause(true)
  runFor(1000)
  expect(waits.length).toBeLessThan(80)
  expect(waits.every(({ asleep }) => asleep)).toBe(true)
  expect(Math.max(...waits.map(({ micros }) => micros))).toBeLessThanOrEqual(16_000)
})

test('[RNG-9] a flooded slot does not hold back the others: each is read a bounded amount per pass', () => {
  const { ingest, controls, clock, messages } = open({
    capacities: [1 << 20, 1 << 20, 1 << 24],
    eventsPerSecond: 200_000,
  })
  clock.ns = 0.9e9
  ingest.step()
  const first = messages.flatMap((message) => (message.type === 'health' ? [message.health] : []))[0]
  expect(first?.slots[2]?.consumedBytes).toBeLessThanOrEqual(4 * 256 * 1024)
  expect(first?.slots[0]?.consumedBytes).toBeGreaterThan(0)
  controls.pause(true)
})

test('[ACC-6] a reader that was stopped for two seconds finds the whole loss in its first health', () => {
  const { ingest, clock, messages, runFor } = open({ capacities: [1 << 20, 1 << 20, 4096] })
  runFor(100)
  clock.ns += 2e9
  const from = messages.length
  ingest.step()
  const health = messages.slice(from).flatMap((message) => (message.type === 'health' ? [message.health] : []))[0]
  const debug = health?.slots[2]
  expect((debug?.gaps ?? 0) + (debug?.tail ?? 0)).toBeGreaterThan(1000)
  expect(health?.laws.filter(({ verdict }) => verdict === 'violated')).toEqual([])
})

test('a stop drains what is there: the last health is at rest', () => {
  const { ingest, inbox, messages, runFor } = open()
  runFor(50)
  inbox.push({ type: 'stop' })
  ingest.run()
  const health = messages.flatMap((message) => (message.type === 'health' ? [message.health] : [])).at(-1)
  expect(health?.laws.every(({ verdict }) => verdict === 'exact')).toBe(true)
  expect(messages.at(-1)).toEqual({ type: 'stopped' })
})

test('[L6][LED1] a number that went astray is in flight while events come, and a violation once nothing does', () => {
  const rows = (feed: SourceFeed) => ({
    rows: (into: Uint8Array) => {
      feed.rows(into)
      const word = new DataView(into.buffer, into.byteOffset + 2 * 8)
      word.setUint32(0, word.getUint32(0, true) + 1, true)
    },
  })
  const { controls, messages, runFor } = open({}, rows)
  runFor(1500)
  controls.pause(true)
  runFor(3000)
  const verdicts = messages.flatMap((message) => {
    if (message.type !== 'health') return []
    const law = message.health.laws.find(({ id, scope }) => id === 'L6' && scope === 'debug')
    return law === undefined ? [] : [law.verdict]
  })
  expect(verdicts.slice(0, 2)).toEqual(['in flight', 'in flight'])
  expect(verdicts.at(-1)).toBe('violated')
})

test('missed runs are told as they were last heard of', () => {
  const { inbox, messages, runFor } = open()
  inbox.push({ type: 'missed', missed: 41 })
  runFor(1500)
  const healths = messages.flatMap((message) => (message.type === 'health' ? [message.health] : []))
  expect(healths.map(({ missed }) => missed)).toEqual([41, 41])
})

test('[RNG-5] a faulty ring is told, and does not keep the thread from resting', () => {
  const state = { capacityBytes: 65_536, producer: 9000, consumer: 100, busy: false, fault: true }
  const { messages, waits, runFor } = open({}, { state: () => state, read: () => 0 })
  runFor(1500)
  expect(waits.length).toBeLessThan(200)
  const health = messages.flatMap((message) => (message.type === 'health' ? [message.health] : [])).at(-1)
  expect(health?.slots.map(({ reader }) => reader)).toEqual(['fault', 'fault', 'fault'])
})

test('a ring that cannot be adopted is not answered for, and reading goes on', () => {
  const refuse = () => {
    throw new Error('it has a reader already')
  }
  const { inbox, messages, runFor } = open({}, { adopt: refuse })
  inbox.push({ type: 'adopt', slot: 1, handle: 77, request: 5 }, { type: 'missed', missed: 3 })
  runFor(1500)
  expect(messages.filter(({ type }) => type === 'adopted')).toEqual([])
  expect(messages.some((message) => message.type === 'health' && message.health.missed === 3)).toBe(true)
})
