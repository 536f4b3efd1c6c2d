/**
 * What reading costs: the whole ingest worker as the agent runs it (poll, sequence, count, top tables, thin, publish),
 * against two consumers in C that do no more than count (packages/native/bench/consume.c). The timed one reads the same
 * events from the same programs; the one with default wake-ups needs programs that wake it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { onlineCpus } from '@ringside/native'
import { IngestThread } from '../dist/cli/run/ingest-thread.js'
import { defaultSettings, readingOf } from '../dist/control/settings.js'
import { monotonicWords } from '../dist/source/monotonic.js'
import { Instance } from './support/instance.mjs'
import { measure, ratios, sum } from './support/measure.mjs'
import { Tool } from './support/tools.mjs'

const RING_BYTES = 4 * 1024 * 1024
const PER_RUN = 512
const MILLION = 1_000_000
const FLUSH_MS = 16
/** What the page asks for. */
const DEMAND = { id: 1, filter: { types: [], slots: [], text: '' }, rowsPerSecond: 2000, bytes: true }
/** Flags of the submit: the kernel decides. */
const DEFAULT_WAKEUP = 0
/** Of the timed consumer: it costs least at the one, and loses least at the other. */
const PERIOD_MICROS = 1000
const SHORT_PERIOD_MICROS = 100
/** As the ingest thread asks for. */
const NICE = -10
/** Where a record has its type: struct rs_header. */
const TYPE_AT = 2
/** After a load: enough to read what is left. */
const SETTLE_MS = 60
const REST_LIMIT_MS = 5000

const [firstCpu] = onlineCpus()

/** Loads: who makes events, how many in one run of the program, how many a second (null: as many as it can). */
const LOADS = {
  paced: { cpus: [firstCpu], perRun: 1, perSecond: MILLION },
  single: { cpus: [firstCpu], perRun: 1, perSecond: null },
  flat: { cpus: [firstCpu], perRun: PER_RUN, perSecond: null },
  over: { cpus: onlineCpus(), perRun: PER_RUN, perSecond: null },
}

/** A load that begins with `go`. */
function readyLoad(program, { cpus, perRun, perSecond }, milliseconds, argument) {
  return new Tool('load', [program, cpus.join(','), perRun, perSecond ?? 0, milliseconds, argument]).ready()
}

/** The agent's ingest thread on an instance of its own; warm after its first turn, as in an agent that runs. */
class Ours {
  #instance
  #thread
  #health = null

  static async start(instance) {
    const ours = new Ours()
    ours.#instance = instance
    ours.#thread = new IngestThread({
      script: new URL('../dist/ingest/worker.js', import.meta.url),
      data: {
        feed: instance.feed(),
        epoch: 'bench',
        timeZero: monotonicWords(),
        flushMs: FLUSH_MS,
        reading: readingOf(defaultSettings()),
      },
      wake: () => instance.wake(),
      onMessage: (message) => ours.#hear(message),
      onFailure: (message) => {
        throw new Error(message)
      },
    })
    await ours.#thread.ready
    ours.#thread.tell({ type: 'demands', demands: [DEMAND], version: 1 })
    return ours
  }

  async turn(load, milliseconds) {
    const tool = await readyLoad(this.#instance.programId('full'), load, milliseconds, 0)
    const before = this.#instance.fates()
    const cpu = process.cpuUsage()
    const { made, wallNs } = await tool.go()
    await sleep(SETTLE_MS)
    const { user, system } = process.cpuUsage(cpu)
    const after = this.#instance.fates()
    const consumed = after.submitted - before.submitted
    const lost = after.dropped - before.dropped
    return {
      made,
      lost,
      perEventNs: ((user + system) * 1000) / consumed,
      perSecond: (consumed / wallNs) * 1e9,
      exact: after.exact && after.seen - before.seen === made && consumed + lost === made,
    }
  }

  /** Whether every law is exact once all is read. @param {number} made in all turns */
  async lawsHold(made) {
    const deadline = performance.now() + REST_LIMIT_MS
    while (performance.now() < deadline) {
      const fates = this.#health?.fates.filter(({ type }) => type === 'syscall') ?? []
      const atRest = this.#health?.laws.every(({ verdict }) => verdict === 'exact')
      if (atRest && sum(fates.map(({ seen }) => seen)) === made) return true
      await sleep(SETTLE_MS)
    }
    return false
  }

  stop() {
    return this.#thread.stop()
  }

  #hear(message) {
    if (message.type === 'published') this.#thread.tell({ type: 'credit' })
    if (message.type === 'health') this.#health = message.health
  }
}

async function consume(ring, mode, load, periodMicros = PERIOD_MICROS) {
  const consumer = await new Tool('consume', [ring, mode, periodMicros, NICE, TYPE_AT]).ready()
  const { made, wallNs } = await load.go()
  await sleep(SETTLE_MS)
  const { records, malformed, cpuNs } = await consumer.stop()
  return { made, records, malformed, perEventNs: cpuNs / records, perSecond: (records / wallNs) * 1e9 }
}

async function timed(instance, load, milliseconds, periodMicros = PERIOD_MICROS) {
  const before = instance.fates()
  const tool = await readyLoad(instance.programId('full'), load, milliseconds, 0)
  const { made, records, malformed, ...turn } = await consume(instance.slotRingId, 'timed', tool, periodMicros)
  const lost = instance.fates().dropped - before.dropped
  return { ...turn, made, lost, exact: records + lost === made && malformed === 0 }
}

async function woken(instance, load, milliseconds) {
  const before = instance.plainCounts()
  const tool = await readyLoad(instance.programId('plain'), load, milliseconds, DEFAULT_WAKEUP)
  const { made, records, malformed, ...turn } = await consume(instance.plainRingId, 'wake', tool)
  const lost = instance.plainCounts().dropped - before.dropped
  return { ...turn, made, lost, exact: records + lost === made && malformed === 0 }
}

await measure(async ({ once, rounds, say }) => {
  const milliseconds = once ? 150 : 800
  const mine = await Instance.open({ bytes: RING_BYTES, programs: ['full'] })
  const theirs = await Instance.open({ bytes: RING_BYTES, programs: ['full', 'plain'] })
  const ours = await Ours.start(mine)
  const subjects = {
    'ours, 1 M/s': () => ours.turn(LOADS.paced, milliseconds),
    'timed, 1 M/s': () => timed(theirs, LOADS.paced, milliseconds),
    'woken, 1 M/s': () => woken(theirs, LOADS.paced, milliseconds),
    'ours, one by one': () => ours.turn(LOADS.single, milliseconds),
    'woken, one by one': () => woken(theirs, LOADS.single, milliseconds),
    'ours, flat out': () => ours.turn(LOADS.flat, milliseconds),
    'timed, flat out': () => timed(theirs, LOADS.flat, milliseconds),
    'ours, overload': () => ours.turn(LOADS.over, milliseconds),
    'timed, overload': () => timed(theirs, LOADS.over, milliseconds, SHORT_PERIOD_MICROS),
  }
  say('consumer: warming up')
  let oursMade = 0
  for (const load of [LOADS.flat, LOADS.paced]) oursMade += (await ours.turn(load, milliseconds)).made
  const results = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    say(`consumer: round ${round + 1} of ${rounds}`)
    // Every other round the other way round: what drifts hits all alike.
    const order = round % 2 === 0 ? Object.keys(subjects) : Object.keys(subjects).reverse()
    for (const name of order) {
      const turn = await subjects[name]()
      if (name.startsWith('ours')) oursMade += turn.made
      results[name].push(turn)
    }
  }
  const holds = await ours.lawsHold(oursMade)
  await ours.stop()

  const row = (title, goal, of, unit, first, second) => {
    const [left, right] = [first, second].map((name) => results[name])
    return {
      title,
      unit: '×',
      goal,
      values: ratios(left.map(of), right.map(of)),
      parts: [
        { name: first.split(',')[0], unit, values: left.map(of) },
        { name: second.split(',')[0], unit, values: right.map(of) },
      ],
      made: sum(left.map(({ made }) => made)),
      lost: sum(left.map(({ lost }) => lost)),
      lostThere: sum(right.map(({ lost }) => lost)),
      exact: holds && [...left, ...right].every(({ exact }) => exact),
    }
  }
  const cpu = ({ perEventNs }) => perEventNs
  const rate = ({ perSecond }) => perSecond / MILLION
  return [
    row(
      'CPU per event at 1 M/s, of libbpf with default wake-ups',
      { max: 0.1 },
      cpu,
      'ns',
      'ours, 1 M/s',
      'woken, 1 M/s',
    ),
    row(
      'CPU per event one by one, of libbpf with default wake-ups',
      null,
      cpu,
      'ns',
      'ours, one by one',
      'woken, one by one',
    ),
    row('CPU per event at 1 M/s, of the timed C consumer', { max: 4 }, cpu, 'ns', 'ours, 1 M/s', 'timed, 1 M/s'),
    row('CPU per event flat out, of the timed C consumer', { max: 4 }, cpu, 'ns', 'ours, flat out', 'timed, flat out'),
    row('rate under overload, of the timed C consumer', { min: 0.8 }, rate, 'M/s', 'ours, overload', 'timed, overload'),
  ]
})
