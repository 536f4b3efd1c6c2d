/**
 * From the hook to a client on loopback: this process opens files that are not there, and looks for each of them in what
 * the agent sends it. The goal is two round trips of a WebSocket ping on the same connection on top of one flush; the
 * last part of the way, onto the screen, is measured in the browser.
 */
import { openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { onlineCpus } from '@ringside/native'
import { EVENT_TYPES, EVENTS } from '@ringside/protocol'
import { Agent } from './support/agent.mjs'
import { measure, percentile, sum } from './support/measure.mjs'
import { Tool } from './support/tools.mjs'

const FLUSH_MS = 16
const NAME = '/ringside-bench/latency/'
const LIMIT_MS = 5000
const MILLION = 1_000_000
/** A second, where times do not matter. */
const SHORT = 50_000
/** The load is ended when the samples are taken, or by itself. */
const LOAD_MAX_S = 120
const PATH_FIELD = EVENTS.open.fields.findIndex(({ name }) => name === 'path')
const [cpu] = onlineCpus()

class Probe {
  #client
  #waiting = new Map()
  #last = 0

  constructor(client) {
    this.#client = client
    client.onBatch = (batch) => this.#look(batch)
  }

  /** @returns ms from before the open until the row is decoded here; null: it did not come */
  async open() {
    this.#last += 1
    const path = `${NAME}${this.#last}`
    const arrived = new Promise((resolve) => this.#waiting.set(path, resolve))
    const start = performance.now()
    try {
      openSync(path)
    } catch {
      // It is not there, as it should be.
    }
    const atMs = await Promise.race([arrived, sleep(LIMIT_MS, null, { ref: false })])
    return atMs === null ? null : atMs - start
  }

  ping() {
    return this.#client.ping()
  }

  #look(batch) {
    const atMs = performance.now()
    const paths = batch.fields[EVENT_TYPES.open]?.[PATH_FIELD] ?? []
    for (const index of paths) {
      const path = batch.strings[index]
      this.#waiting.get(path)?.(atMs)
      this.#waiting.delete(path)
    }
  }
}

/** Opens and pings in turns, at no fixed distance, so that they do not fall into step with the flush. */
async function sample(probe, count) {
  const latency = []
  const roundTrip = []
  for (let index = 0; index < count; index += 1) {
    await sleep(1 + Math.random() * FLUSH_MS)
    latency.push(await probe.open())
    roundTrip.push(await probe.ping())
  }
  const came = latency.filter((ms) => ms !== null)
  return { latency: came, roundTrip, missing: count - came.length }
}

/** @param {number} perSecond system calls beside the ones that are looked for */
async function rowOf(title, agent, client, { rounds, count, perSecond, say }) {
  const probe = new Probe(client)
  const calls = perSecond > 0 ? await new Tool('calls', [cpu, LOAD_MAX_S * perSecond, perSecond]).ready() : null
  calls?.go().catch(() => undefined)
  const results = []
  for (let round = 0; round < rounds; round += 1) {
    results.push(await sample(probe, count))
    say(`latency, ${title}: round ${round + 1} of ${rounds}`)
  }
  await calls?.kill()
  const of = (name, share) => results.map((result) => percentile(result[name], share))
  const bound = of('roundTrip', 0.99).map((ms) => FLUSH_MS + 2 * ms)
  const { dropped, exact, seen } = await agent.atRest(client)
  await client.command({ op: 'pause', on: false })
  return {
    title: `p99 from the hook to a client, ${title}, of a flush and two round trips`,
    unit: '×',
    goal: { max: 1 },
    values: of('latency', 0.99).map((ms, round) => ms / bound[round]),
    parts: [
      { name: 'p50', unit: 'ms', values: of('latency', 0.5) },
      { name: 'p99', unit: 'ms', values: of('latency', 0.99) },
      { name: 'round trip p99', unit: 'ms', values: of('roundTrip', 0.99) },
    ],
    made: sum(Object.values(seen)),
    lost: dropped + sum(results.map(({ missing }) => missing)),
    exact,
  }
}

await measure(async ({ once, rounds, say }) => {
  const agent = await Agent.start()
  try {
    const client = await agent.connect()
    client.subscribe()
    const count = once ? 20 : 200
    return [
      await rowOf('at rest', agent, client, { rounds, count, perSecond: 0, say }),
      await rowOf('at 1 M/s, every event', agent, client, { rounds, count, perSecond: once ? SHORT : MILLION, say }),
    ]
  } finally {
    await agent.stop()
  }
})
