import { type Batch, decodeBatch } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { Ingest } from '../../src/ingest/ingest.ts'
import type { FromIngest, IngestOptions, ToIngest } from '../../src/ingest/messages.ts'
import type { RingState, SourceFeed } from '../../src/source/source.ts'
import type { SyntheticOptions } from '../../src/source/synthetic/host.ts'
import { DrawnRing, drawnLane } from '../kernel/support/drawn.ts'
import { openSynthetic, singles, timed } from '../synthetic/source.ts'
import { READING } from './reading.ts'
import { EVERYTHING } from './thread.ts'

const ZERO = { hi: 3, lo: 5 }

type Change = Partial<SourceFeed> | ((feed: SourceFeed) => Partial<SourceFeed>)

/** Ingest under a clock that moves only while it waits. @param change what the feed does otherwise */
function open(synthetic: Partial<SyntheticOptions> = {}, change: Change = {}) {
  const { feed, controls, clock } = openSynthetic(synthetic)
  const messages: FromIngest[] = []
  const inbox: ToIngest[] = []
  const warnings: string[] = []
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
    feed: { kind: 'synthetic', cpus: 2, seed: 1, eventsPerSecond: 1, shared: new SharedArrayBuffer(0), buffers: [] },
    epoch: 'e1',
    timeZero: ZERO,
    flushMs: 16,
    reading: READING,
  }
  const ingest = new Ingest(watched, options, {
    post: (message) => messages.push(message),
    receive: () => inbox.shift(),
    nowNs: () => clock.ns,
    timeMs: () => clock.ns / 1e6,
    warn: (text) => warnings.push(text),
  })
  const runFor = (ms: number) => {
    const until = clock.ns + ms * 1e6
    while (clock.ns < until) ingest.step()
  }
  return { ingest, controls, clock, messages, inbox, warnings, waits, runFor }
}

function times(messages: readonly FromIngest[], type: 'fill' | 'health' | 'top'): number[] {
  return messages.flatMap((message) => {
    if (message.type === 'health' && type === 'health') return [message.health.timeMs]
    if (message.type === 'top' && type === 'top') return [message.top.timeMs]
    return message.type === 'fill' && type === 'fill' ? [message.timeMs] : []
  })
}

function healthsOf(messages: readonly FromIngest[]) {
  return messages.flatMap((message) => (message.type === 'health' ? [message.health] : []))
}

function batchesOf(messages: readonly FromIngest[]): Batch[] {
  return messages
    .flatMap((message) => (message.type === 'published' ? message.publications : []))
    .flatMap(({ frame }) => {
      const batch = frame === null ? null : decodeBatch(frame)
      if (batch?.ok === false) throw new Error(batch.message)
      return batch === null ? [] : [batch]
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
  inbox.push({ type: 'demands', version: 1, demands: [EVERYTHING] })
  for (let i = 0; i < 60; i += 1) inbox.push({ type: 'credit' })
  runFor(100)
  const published = messages.filter(({ type }) => type === 'published')
  expect(published.length).toBeGreaterThanOrEqual(5)
  expect(published.length).toBeLessThanOrEqual(8)
})

test('[RNG-3] an idle reader sleeps: ten looks a second while nobody waits for rows, and a look per flush else', () => {
  const { controls, inbox, waits, runFor } = open()
  controls.pause(true)
  runFor(1000)
  expect(waits.length).toBeLessThanOrEqual(12)
  expect(waits.every(({ asleep }) => asleep)).toBe(true)
  expect(Math.max(...waits.map(({ micros }) => micros))).toBeGreaterThan(90_000)
  inbox.push({ type: 'demands', version: 1, demands: [EVERYTHING] })
  runFor(100)
  waits.length = 0
  runFor(1000)
  expect(waits.length).toBeLessThan(80)
  expect(Math.max(...waits.map(({ micros }) => micros))).toBeLessThanOrEqual(16_000)
})

const BUSY = { readable: false, busyHeads: [{ part: 1, at: 0 }] }

/** A slot whose head is reserved and not committed, while more and more comes behind it. */
const HELD: RingState = {
  ...{ parts: 1, capacityBytes: 65_536, fullestBytes: 40_000, roomBytes: 25_536, toldLost: null },
  ...{ producer: 40_000, consumer: 0, ...BUSY, faultyParts: 0, fault: false },
}

test('[RNG-3][RNG-4] a busy head is looked at fewer than 30 times a second, and its producers wake nobody', () => {
  const spared: (readonly number[])[] = []
  let looks = 0
  const { inbox, messages, waits, runFor } = open({}, () => ({
    state: (slot) => (slot === 2 ? { ...HELD, producer: HELD.producer + looks++ * 1000 } : null),
    read: () => 0,
    setAsleep: (asleep, but = []) => {
      if (asleep) spared.push(but)
    },
  }))
  inbox.push({ type: 'demands', version: 1, demands: [EVERYTHING] })
  runFor(1100)
  expect(waits.length).toBeLessThanOrEqual(30)
  expect(new Set(spared.slice(1).map((slots) => slots.join()))).toEqual(new Set(['2']))
  const debug = healthsOf(messages)
    .at(-1)
    ?.slots.find(({ slot }) => slot === 'debug')
  expect(debug).toMatchObject({ reader: 'blocked', blockedMs: expect.any(Number) })
  expect(debug?.blockedMs).toBeGreaterThan(900)
})

test('[RNG-9] a flooded slot does not hold back the others: each is read a bounded amount per pass', () => {
  const { ingest, controls, clock, messages } = open({
    buffers: singles(1 << 20, 1 << 20, 1 << 24),
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
  const { ingest, clock, messages, runFor } = open({ buffers: singles(1 << 20, 1 << 20, 4096) })
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
  const state = { ...HELD, busyHeads: [], faultyParts: 1, fault: true }
  const { messages, waits, runFor } = open({}, { state: (slot) => (slot < 3 ? state : null), read: () => 0 })
  runFor(1500)
  expect(waits.length).toBeLessThan(200)
  const health = healthsOf(messages).at(-1)
  expect(health?.slots.map(({ reader }) => reader)).toEqual(['fault', 'fault', 'fault'])
})

test.each(Array.from({ length: 11 }, (_, at) => 2999 + at * 100))(
  '[RNG-5] a part whose positions cannot be any more at %i ms is told within a second',
  (atMs) => {
    const ring = new DrawnRing()
    const { lane } = drawnLane([ring, new DrawnRing()], [0, 1])
    const { clock, messages, runFor } = open({}, (feed) => ({
      beginPass: () => {
        feed.beginPass()
        ring.spoilt = clock.ns >= atMs * 1e6
        lane.note()
      },
      state: (slot) => (slot === 2 ? lane.state() : feed.state(slot)),
      read: (slot, chunk) => (slot === 2 ? lane.read(chunk) : feed.read(slot, chunk)),
    }))
    runFor(atMs + 2100)
    const told = healthsOf(messages).find(({ slots }) => slots.some(({ reader }) => reader === 'fault'))
    expect(told?.slots.find(({ slot }) => slot === 'debug')).toMatchObject({ parts: 2, faultyParts: 1 })
    expect((told?.timeMs ?? Number.NaN) - atMs).toBeLessThanOrEqual(1000)
  },
)

test('a ring that cannot be adopted is not answered for, and reading goes on', () => {
  const refuse = () => {
    throw new Error('it has a reader already')
  }
  const { inbox, messages, warnings, runFor } = open({}, { adopt: refuse })
  const buffer = { handle: 77, parts: [7] }
  inbox.push({ type: 'adopt', slot: 1, buffer, request: 5 }, { type: 'missed', missed: 3 })
  runFor(1500)
  expect(messages.filter(({ type }) => type === 'adopted')).toEqual([])
  expect(warnings).toEqual(['a buffer for slot normal cannot be read: Error: it has a reader already'])
  expect(messages.some((message) => message.type === 'health' && message.health.missed === 3)).toBe(true)
})

test('a slot whose feed throws is a fault and a line for people, and the others are read on', () => {
  const { inbox, messages, warnings, runFor } = open({}, (feed) => ({
    read: (slot, chunk) => {
      if (slot === 2) throw new Error('the mapping is gone')
      return feed.read(slot, chunk)
    },
  }))
  inbox.push({ type: 'demands', version: 1, demands: [EVERYTHING] })
  runFor(2100)
  const slots = healthsOf(messages).at(-1)?.slots.slice(0, 3)
  expect(slots?.map(({ reader }) => reader === 'fault')).toEqual([false, false, true])
  expect(slots?.[1]?.consumedBytes).toBeGreaterThan(0)
  expect(warnings).toEqual(['slot debug is no longer read: Error: the mapping is gone'])
})

test('only slots with a buffer or with counts are in fill and health', () => {
  const { messages, runFor } = open({ buffers: singles(1 << 16, null, 1 << 16) })
  runFor(1300)
  const fills = messages.flatMap((message) => (message.type === 'fill' ? [message.slots.map(({ slot }) => slot)] : []))
  expect([fills[0], fills.at(-1)]).toEqual([
    [0, 2],
    [0, 1, 2],
  ])
  expect(
    healthsOf(messages)
      .at(-1)
      ?.slots.map(({ slot }) => slot),
  ).toEqual(['critical', 'normal', 'debug'])
})

test('a slot that is removed is emptied and retired, and its counts stay', () => {
  const removed: number[] = []
  const { inbox, controls, messages, runFor } = open({}, { removed: (slot) => removed.push(slot) })
  runFor(500)
  for (const type of [1, 2, 3]) controls.route(type, 1)
  inbox.push({ type: 'removed', slot: 0 })
  runFor(1600)
  expect(removed).toEqual([0])
  expect(
    healthsOf(messages)
      .at(-1)
      ?.laws.filter(({ verdict }) => verdict === 'violated'),
  ).toEqual([])
})

test('rows of all slots are told by time, and as they were read once that is asked for', () => {
  const { inbox, messages, runFor } = open({ eventsPerSecond: 50_000 })
  inbox.push({ type: 'demands', version: 1, demands: [EVERYTHING] })
  for (let i = 0; i < 200; i += 1) inbox.push({ type: 'credit' })
  runFor(120)
  const isSorted = ({ timeNs }: Batch) => timeNs.every((time, row) => row === 0 || time >= (timeNs[row - 1] as number))
  const byTime = batchesOf(messages)
  expect(byTime.map(({ late }) => late)).toEqual(byTime.map(() => 0))
  expect(byTime.every(isSorted)).toBe(true)
  messages.length = 0
  inbox.push({ type: 'reading', reading: { ...READING, order: { mode: 'cpu', windowMs: 0 } } })
  for (let i = 0; i < 8; i += 1) inbox.push({ type: 'credit' })
  runFor(40)
  const asRead = batchesOf(messages)
  expect(asRead.some((batch) => !isSorted(batch))).toBe(true)
  expect(asRead.reduce((sum, { late }) => sum + late, 0)).toBeGreaterThan(0)
})

test('[L4] rows that are held back for a slot with a busy head are pending, and come out after the window at the latest', () => {
  let held = true
  const { inbox, controls, messages, runFor } = open({}, (feed) => ({
    state: (slot) => {
      const state = feed.state(slot)
      return state !== null && slot === 0 && held ? { ...state, ...BUSY, producer: state.consumer + 48 } : state
    },
    read: (slot, chunk) => (slot === 0 && held ? 0 : feed.read(slot, chunk)),
  }))
  for (const type of [1, 2, 3]) controls.enable(type, false)
  inbox.push({ type: 'demands', version: 1, demands: [EVERYTHING] })
  for (let i = 0; i < 8; i += 1) inbox.push({ type: 'credit' })
  runFor(80)
  expect(batchesOf(messages).reduce((sum, { rows }) => sum + rows, 0)).toBe(0)
  runFor(80)
  const newest = Math.max(...batchesOf(messages).flatMap(({ timeNs }) => [...timeNs]))
  expect(newest).toBeGreaterThan(30e6)
  expect(newest).toBeLessThan(90e6)
  held = false
  runFor(1000)
  expect(
    healthsOf(messages)
      .at(-1)
      ?.laws.find(({ id }) => id === 'L4')?.verdict,
  ).not.toBe('violated')
})

test('a slot that is read in batches is read before each flush, and its rows are in order with the others', () => {
  const reads: { slot: number; ns: number }[] = []
  const { inbox, clock, messages, runFor } = open({ eventsPerSecond: 5000 }, (feed) => ({
    read: (slot, chunk) => {
      const bytes = feed.read(slot, chunk)
      if (bytes > 0) reads.push({ slot, ns: clock.ns })
      return bytes
    },
  }))
  const processing = READING.processing.map((_, slot) => (slot === 2 ? 'batch' : 'stream'))
  inbox.push({ type: 'reading', reading: { ...READING, processing } })
  inbox.push({ type: 'demands', version: 1, demands: [EVERYTHING] })
  runFor(100)
  const batches = reads.filter(({ slot }) => slot === 2)
  expect(batches.length).toBeGreaterThan(3)
  expect(batches.length).toBeLessThanOrEqual(8)
  expect(reads.filter(({ slot }) => slot === 1).length).toBeGreaterThanOrEqual(batches.length)
  const told = batchesOf(messages)
  expect(new Set(told.flatMap(({ slot }) => [...slot]))).toEqual(new Set([0, 1, 2]))
  expect(told.reduce((sum, { late }) => sum + late, 0)).toBe(0)
})

test('records that cannot be decoded are shown as bytes, at most once a second', () => {
  const { messages, runFor } = open({}, (feed) => ({
    read: (slot, chunk) => {
      const bytes = feed.read(slot, chunk)
      if (slot === 0 && bytes > 0) new DataView(chunk.buffer, chunk.byteOffset).setUint16(8, 9, true)
      return bytes
    },
  }))
  runFor(3100)
  const told = messages.flatMap((message) => (message.type === 'malformed' ? [message.malformed] : []))
  expect(told.length).toBeGreaterThanOrEqual(2)
  expect(told.length).toBeLessThanOrEqual(4)
  expect(told.at(-1)?.samples.at(-1)).toMatchObject({ slot: 'critical', version: 9, reason: 'version' })
  const laws = healthsOf(messages).at(-1)?.laws
  expect(laws?.filter(({ verdict }) => verdict === 'violated')).toEqual([])
})
