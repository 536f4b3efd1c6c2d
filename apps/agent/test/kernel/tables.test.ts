/**
 * What is counted in the kernel, against the records of the same events: sums are equal, and what a table has no room
 * for is counted too. Tables are taken ten times a second while traffic goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { onlineCpus, Ticker } from '@ringside/native'
import { EVENT_TYPES, type EventType, TRANSPORTS } from '@ringside/protocol'
import { describe, expect, test, vi } from 'vitest'
import { ABI, KIND, LIMITS, MODE, TABLE } from '../../src/source/abi.ts'
import { LOADS_PER_RUN } from '../../src/source/kernel/generator.ts'
import { WATCHING } from '../../src/source/kernel/programs.ts'
import { Caller, GETPPID } from './support/caller.ts'
import { buffersOf } from './support/controls.ts'
import { startProducers } from './support/producers.ts'
import { Stage } from './support/stage.ts'
import { Taken, Told, type WindowSum } from './support/tallies.ts'
import { openSink, sendDatagrams, sendStream } from './support/traffic.ts'

const SLOT = 1
const ROOMY = buffersOf({ [SLOT]: 64 * 1024 * 1024 })
const TAKE_MS = 100
/** Many ends of windows, each with an event that is on its way. */
const ALL_OUT_MS = 3000
const TICKS_HZ = 10_000
const TIMEOUT_MS = 60_000
const MOMENT_NS = 1_000_000n
const CALLS = 50_000
const DATAGRAMS = 5000
const ROUNDS = 10
const STREAM_BYTES = 4 * 1024 * 1024
const { rs_row, rs_conn } = ABI.structs

const TYPES = ['syscall', 'packet', 'tcp', 'open', 'exec', 'fork', 'exit', 'load', 'tick'] as const
const ALL: readonly EventType[] = TYPES

function inMode(mode: number, types: readonly EventType[] = ALL) {
  return { types: Object.fromEntries(types.map((type) => [type, { slot: SLOT, mode }])) }
}

/** Takes tables while something goes on, and twice when nothing does: both banks are empty then. */
async function takeDuring(stage: Stage, taken: Taken, what: Promise<unknown>, everyMs = TAKE_MS): Promise<void> {
  let going = true
  const ended = what.finally(() => {
    going = false
  })
  const taking = async () => {
    while (going) {
      taken.add(await stage.host.takeTables())
      await Promise.race([ended, sleep(everyMs)])
    }
  }
  await stage.during(Promise.all([ended, taking()]))
}

async function finish(stage: Stage, taken: Taken): Promise<void> {
  await stage.rest()
  for (let bank = 0; bank < 2; bank += 1) taken.add(await stage.host.takeTables())
  stage.pass()
  expect(stage.violations()).toEqual([])
}

/** By enum rs_table, over all rows. */
function untabled(stage: Stage): number[] {
  const rows = new Uint8Array(stage.host.cpus * LIMITS.rows * rs_row.bytes)
  stage.feed.rows(rows)
  const view = new DataView(rows.buffer)
  return Object.values(TABLE).map((table) => {
    let sum = 0
    for (let row = 0; row < rows.length; row += rs_row.bytes) {
      sum += Number(view.getBigUint64(row + rs_row.members.untabled + table * 8, true))
    }
    return sum
  })
}

/** Everything at once, spread over as many takings: calls, datagrams, a stream, and generated events. */
async function makeTraffic(stage: Stage, caller: Caller): Promise<{ server: number; client: number }> {
  const sink = await openSink()
  const producers = await startProducers(stage.host, 20_000)
  const ports = await sendStream(STREAM_BYTES)
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all([
      caller.call(CALLS / ROUNDS),
      sendDatagrams(DATAGRAMS / ROUNDS, [sink.port]),
      // The pace at which it is made.
      sleep(TAKE_MS),
    ])
  }
  await producers.stop()
  await sink.close()
  return ports
}

describe.each(TRANSPORTS)('taken ten times a second under load (%s)', (transport) => {
  test('[L1] connections, windows and sketches are what the records of the same events add up to', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const caller = await Caller.start({ name: 'rs-heavy' })
    const stage = await Stage.open({
      ...{ transport, buffers: ROOMY, control: inMode(MODE.both) },
      attach: [...WATCHING, 'on_tick'],
    })
    const taken = new Taken()
    taken.add(await stage.host.takeTables())
    const told = new Told(taken.seeds)
    stage.onChunk = (words, good) => told.add(words, good, stage.scanner)
    const tickers = onlineCpus().map((cpu) => new Ticker(TICKS_HZ, cpu))
    const traffic = makeTraffic(stage, caller)
    await takeDuring(stage, taken, traffic).finally(() => {
      for (const ticker of tickers) ticker.close()
    })
    const ports = await traffic
    await finish(stage, taken)

    expect(
      stage.ledger().dropped.every((count) => count === 0),
      'every record has come',
    ).toBe(true)
    expect(untabled(stage), 'untabled').toEqual([0, 0, 0])
    expect(taken.takings).toBeGreaterThan(ROUNDS / 2)
    expectWindows(taken, told)
    expect(taken.traffic).toEqual(told.traffic)
    expect([...taken.totals]).toEqual([...told.totals])
    expect(taken.cells).toEqual(told.cells)
    expectTimes(taken, told)
    expectStream(taken, ports)
    expectHeavy(taken, caller.pid)
  })
})

test.each(TRANSPORTS)(
  'records of variable size stand in the windows that they were counted in (%s)',
  {
    timeout: TIMEOUT_MS,
  },
  async (transport) => {
    const stage = await Stage.open({ transport, buffers: ROOMY, control: inMode(MODE.both, ['load']) })
    const taken = new Taken()
    taken.add(await stage.host.takeTables())
    const told = new Told(taken.seeds)
    stage.onChunk = (words, good) => told.add(words, good, stage.scanner)
    const endMs = performance.now() + ALL_OUT_MS
    while (performance.now() < endMs) {
      stage.generate(LOADS_PER_RUN)
      stage.pass()
    }
    await finish(stage, taken)
    expect(taken.windowsOf(EVENT_TYPES.load).size).toBeGreaterThan(ALL_OUT_MS / TAKE_MS / 2)
    expectWindows(taken, told)
  },
)

/** A record has the time of its count, so that both stand in the same window. */
function expectWindows(taken: Taken, told: Told): void {
  for (const [name, type] of Object.entries(EVENT_TYPES)) {
    const [counted, stamped] = [taken.windowsOf(type), told.windowsOf(type)]
    expect(counted, name).toEqual(stamped)
  }
}

function sumOf(windows: ReadonlyMap<number, WindowSum>, member: keyof WindowSum): number {
  return [...windows.values()].reduce((sum, window) => sum + window[member], 0)
}

/** Of two CPUs at once either may make the entry, or be the last to store; and a record's time may be read later. */
function expectTimes(taken: Taken, told: Told): void {
  for (const [key, { first, last }] of told.connections) {
    const sum = taken.connections.get(key)
    expect(sum && apart(sum.first, first) < MOMENT_NS, `first of ${key}`).toBe(true)
    expect(sum && apart(sum.last, last) < MOMENT_NS, `last of ${key}`).toBe(true)
  }
}

function apart(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b
}

/** The connection that carried the stream stands there under its tuple, with no less than was sent. */
function expectStream(taken: Taken, { server, client }: { server: number; client: number }): void {
  const key = [...taken.connections.keys()].find((hexadecimal) => {
    const view = new DataView(new Uint8Array(Buffer.from(hexadecimal, 'hex')).buffer)
    const { sport, dport, direction } = rs_conn.members
    return view.getUint16(sport, true) === client && view.getUint16(dport, true) === server && !view.getUint8(direction)
  })
  expect(taken.connections.get(key ?? '')?.bytes).toBeGreaterThan(STREAM_BYTES)
}

function expectHeavy(taken: Taken, pid: number): void {
  const [processes = 0, calls = 0] = taken.totals
  const error = Math.E / LIMITS.sketchCells
  const ofProcess = taken.estimate(KIND.process, pid)
  expect(ofProcess, 'never too low').toBeGreaterThanOrEqual(CALLS + 2)
  expect(ofProcess, 'nor much too high').toBeLessThanOrEqual(CALLS + 2 + error * processes)
  const ofCall = taken.estimate(KIND.syscall, GETPPID)
  expect(ofCall).toBeGreaterThanOrEqual(CALLS)
  expect(ofCall).toBeLessThanOrEqual(CALLS + error * calls + 1000)
  expect(taken.heavy.get(`${KIND.process}/${pid}`), 'a heavy key is kept with its name').toBe('rs-heavy')
  expect(taken.heavy.has(`${KIND.syscall}/${GETPPID}`)).toBe(true)
}

test('[L1] at full speed no event is missing in the sums, nor twice', { timeout: TIMEOUT_MS }, async () => {
  const stage = await Stage.open({ buffers: ROOMY, control: inMode(MODE.aggregate), attach: ['on_tick'] })
  const tickers = onlineCpus().map((cpu) => new Ticker(TICKS_HZ, cpu))
  const taken = new Taken()
  const producers = await startProducers(stage.host, null)
  const enough = vi.waitUntil(() => taken.takings > 10, { timeout: TIMEOUT_MS / 2 })
  await takeDuring(stage, taken, enough, 20)
  const { made } = await producers.stop()
  for (const ticker of tickers) ticker.close()
  await finish(stage, taken)
  expect(stage.fates(SLOT)).toEqual({ seen: made, aggregated: made })
  expect(taken.eventsOf(EVENT_TYPES.load)).toBe(made)
  expect(taken.eventsOf(EVENT_TYPES.tick)).toBe(stage.total('seen', 'tick'))
  expect(untabled(stage)).toEqual([0, 0, 0])
})

describe('[L1] a mode', () => {
  test('events: nothing is counted in tables', async () => {
    const stage = await Stage.open({ buffers: ROOMY, control: inMode(MODE.events) })
    stage.generate(500)
    const taken = new Taken()
    await finish(stage, taken)
    expect(taken.windows.size).toBe(0)
    expect(stage.fates(SLOT)).toEqual({ seen: 500, submitted: 500 })
  })

  test('aggregate: all is counted, nothing is sent, and no number is given', async () => {
    const stage = await Stage.open({ buffers: ROOMY, control: inMode(MODE.aggregate) })
    stage.generate(500, { padBytes: 100 })
    const taken = new Taken()
    await finish(stage, taken)
    expect(sumOf(taken.windowsOf(EVENT_TYPES.load), 'events')).toBe(500)
    expect(sumOf(taken.windowsOf(EVENT_TYPES.load), 'bytes')).toBe(500 * 148)
    expect(stage.fates(SLOT)).toEqual({ seen: 500, aggregated: 500 })
    expect(stage.ledger().given.every((number) => number === 0)).toBe(true)
  })

  test('both: what is sampled or dropped is counted all the same', async () => {
    const control = { ...inMode(MODE.both), rate: 2 ** 31 }
    const stage = await Stage.open({ buffers: buffersOf({ [SLOT]: 4096 }), control })
    stage.generate(500)
    const taken = new Taken()
    await finish(stage, taken)
    const { seen, sampled = 0, dropped_full = 0, submitted = 0 } = stage.fates(SLOT)
    expect([seen, sampled + dropped_full + submitted]).toEqual([500, 500])
    expect(Math.min(sampled, dropped_full, submitted)).toBeGreaterThan(0)
    expect(taken.eventsOf(EVENT_TYPES.load)).toBe(500)
  })

  test('what the filter keeps back is not counted', async () => {
    const stage = await Stage.open({ buffers: ROOMY, control: inMode(MODE.both) })
    await stage.host.writeFilters([{ field: 'type', not: true, value: ['load'] }])
    stage.generate(500)
    stage.generate(100, { type: EVENT_TYPES.tick })
    const taken = new Taken()
    await finish(stage, taken)
    expect([taken.eventsOf(EVENT_TYPES.load), taken.eventsOf(EVENT_TYPES.tick)]).toEqual([0, 100])
  })
})

describe('[L1] a full table is never silent', () => {
  test('connections: what it holds and what it had no room for is what was seen', { timeout: TIMEOUT_MS }, async () => {
    const control = inMode(MODE.aggregate, ['packet'])
    const stage = await Stage.open({ buffers: ROOMY, control, attach: ['on_send', 'on_receive'] })
    const room = stage.host.object.map('connections_0').maxEntries
    const ports = Array.from({ length: 20_000 }, (_, index) => 20_000 + index)
    await stage.during(sendDatagrams(ports.length, ports))
    const taken = new Taken()
    await finish(stage, taken)
    const [without = 0] = untabled(stage)
    const packets = [...taken.connections.values()].reduce((sum, connection) => sum + connection.packets, 0)
    expect(taken.connections.size).toBe(room)
    expect(without).toBeGreaterThan(0)
    expect(packets + without).toBe(stage.total('seen', 'packet'))
  })

  /** Entries that mean nothing, until there is room for no more. */
  function fill(stage: Stage, name: string): void {
    const map = stage.host.object.map(name)
    const key = new Uint8Array(map.keyBytes).fill(0xee)
    const view = new DataView(key.buffer)
    for (let entry = 0; entry < map.maxEntries; entry += 1) {
      view.setUint32(0, entry, true)
      map.update(key, new Uint8Array(map.valueBytes))
    }
  }

  test('windows', async () => {
    const stage = await Stage.open({ buffers: ROOMY, control: inMode(MODE.both) })
    fill(stage, 'windows_0')
    stage.generate(300)
    const taken = new Taken()
    await finish(stage, taken)
    expect(taken.eventsOf(EVENT_TYPES.load)).toBe(0)
    expect(untabled(stage)).toEqual([0, 300, 0])
  })

  test('candidates: the sketch counts on, and keys that had no room are told', async () => {
    const caller = await Caller.start()
    const stage = await Stage.open({ buffers: ROOMY, control: { types: {} }, attach: ['on_syscall'] })
    fill(stage, 'heavy_0')
    stage.control(inMode(MODE.both, ['syscall']))
    await stage.during(caller.call(CALLS))
    const taken = new Taken()
    await finish(stage, taken)
    expect(untabled(stage)[TABLE.heavy]).toBeGreaterThan(0)
    expect(taken.heavy.has(`${KIND.process}/${caller.pid}`)).toBe(false)
    expect(taken.estimate(KIND.process, caller.pid)).toBeGreaterThanOrEqual(CALLS)
  })

  test('and when it is empty again it counts', async () => {
    const stage = await Stage.open({ buffers: ROOMY, control: inMode(MODE.both) })
    fill(stage, 'windows_0')
    stage.generate(300)
    await stage.host.takeTables()
    await stage.host.takeTables()
    stage.generate(200)
    const taken = new Taken()
    await finish(stage, taken)
    expect(taken.eventsOf(EVENT_TYPES.load)).toBe(200)
    expect(untabled(stage)).toEqual([0, 300, 0])
  })
})

test('the same traffic takes less than a hundredth of the bytes when it is counted in the kernel', {
  timeout: TIMEOUT_MS,
}, async () => {
  const caller = await Caller.start()
  const types = ['syscall', 'packet'] as const
  const measure = async (mode: number): Promise<{ seen: number; bytes: number }> => {
    const attach = ['on_syscall', 'on_send', 'on_receive']
    const stage = await Stage.open({ buffers: ROOMY, control: inMode(mode, types), attach })
    const taken = new Taken()
    const sink = await openSink()
    const traffic = Promise.all([caller.call(20 * CALLS), sendDatagrams(DATAGRAMS, [sink.port])])
    await takeDuring(stage, taken, traffic, 1000)
    await sink.close()
    await finish(stage, taken)
    const records = stage.scanner.consumedBytes.reduce((sum, bytes) => sum + bytes, 0)
    const seen = types.reduce((sum, type) => sum + stage.total('seen', type), 0)
    return { seen, bytes: mode === MODE.events ? records : taken.bytesRead }
  }
  const events = await measure(MODE.events)
  const tables = await measure(MODE.aggregate)
  const perEvent = (volume: { seen: number; bytes: number }) => volume.bytes / volume.seen
  const ratio = perEvent(events) / perEvent(tables)
  console.info(
    `${events.seen} events: ${events.bytes} bytes; ${tables.seen} counted: ${tables.bytes} bytes; 1:${Math.round(ratio)}`,
  )
  expect(ratio).toBeGreaterThan(100)
})
