/**
 * Ingest, hub and clients together, with the messages between the threads carried when the test says so: whatever a
 * client asks for and whenever, every number of every stream is received, thinned, skipped, withheld or dropped.
 */
import {
  type Batch,
  decodeBatch,
  droppedOf,
  EVENT_TYPES,
  type EventType,
  PROTOCOL_VERSION,
  type Subscribe,
} from '@ringside/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defaultSettings, readingOf } from '../../src/control/settings.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import type { FromIngest, IngestHealth, ToIngest } from '../../src/ingest/messages.ts'
import { Client } from '../../src/serve/client.ts'
import type { Hub } from '../../src/serve/hub.ts'
import { openSynthetic, singles, timed } from '../synthetic/source.ts'
import { FakeSocket } from './fake-socket.ts'
import { createHub } from './small-agent.ts'

const ALL_TYPES = Object.keys(EVENT_TYPES) as EventType[]

/** Different demands of which each lets every event through: so the sums of any sequence of them are known. */
const SUBSCRIPTIONS = [
  { types: [], rowsPerSecond: null },
  { types: ALL_TYPES, rowsPerSecond: null },
  { types: [], rowsPerSecond: 3000 },
  { types: ALL_TYPES, rowsPerSecond: 0 },
].map(
  ({ types, rowsPerSecond }): Subscribe => ({
    ...{ type: 'subscribe', protocol: PROTOCOL_VERSION, bytes: false },
    ...{ filter: { types, slots: [], text: '' }, rowsPerSecond },
  }),
)

class Viewer {
  readonly socket = new FakeSocket()
  readonly client: Client
  readonly #hub: Hub

  constructor(hub: Hub) {
    this.#hub = hub
    this.client = new Client(hub.nextClientId(), this.socket)
    hub.add(this.client)
  }

  subscribe(which: number): void {
    this.#hub.subscribe(this.client, SUBSCRIPTIONS[which % SUBSCRIPTIONS.length] as Subscribe)
  }

  /** Takes in everything that it was sent. */
  catchUp(): void {
    this.socket.flush()
    const last = this.socket.frames.at(-1)
    if (last !== undefined) this.client.acknowledge(Buffer.from(last).readUInt32LE(8))
  }

  get batches(): Batch[] {
    return this.socket.frames.map((frame) => {
      const batch = decodeBatch(Uint8Array.from(frame).buffer)
      if (!batch.ok) throw new Error(batch.message)
      return batch
    })
  }
}

class Threads {
  readonly viewers: Viewer[]
  readonly #source = openSynthetic({ buffers: singles(4096, 4096, 4096) })
  readonly #toIngest: ToIngest[] = []
  readonly #toHub: FromIngest[] = []
  readonly hub: Hub
  readonly #ingest: Ingest
  health: IngestHealth | null = null
  readonly warnings: string[] = []

  /** Nothing happens on the host until the viewers' first subscriptions have begun. */
  constructor(viewers: number) {
    const { feed, controls, clock, host } = this.#source
    this.hub = createHub({ tellIngest: (message) => this.#toIngest.push(message) })
    const options = {
      feed: host.feed(),
      epoch: 'e',
      timeZero: { hi: 3, lo: 5 },
      flushMs: 16,
      reading: readingOf(defaultSettings()),
    }
    this.#ingest = new Ingest(timed(feed, clock), options, {
      post: (message) => this.#toHub.push(message),
      receive: () => this.#toIngest.shift(),
      nowNs: () => clock.ns,
      timeMs: () => clock.ns / 1e6,
      warn: (text) => this.warnings.push(text),
    })
    controls.pause(true)
    this.viewers = Array.from({ length: viewers }, () => new Viewer(this.hub))
    for (const viewer of this.viewers) viewer.subscribe(0)
    this.run(50)
    this.carry(Number.POSITIVE_INFINITY)
    controls.pause(false)
  }

  run(ms: number): void {
    const { clock } = this.#source
    const until = clock.ns + ms * 1e6
    while (clock.ns < until) this.#ingest.step()
  }

  /** The serving thread takes in this many messages of ingest. */
  carry(count: number): void {
    for (const message of this.#toHub.splice(0, count)) {
      if (message.type === 'health') this.health = message.health
      this.hub.heard(message)
    }
  }

  /** No more events; everything that is on its way arrives. */
  settle(): IngestHealth {
    this.#source.controls.pause(true)
    for (let turn = 0; turn < 4; turn += 1) {
      this.carry(Number.POSITIVE_INFINITY)
      for (const viewer of this.viewers) viewer.catchUp()
      this.run(1000)
    }
    this.carry(Number.POSITIVE_INFINITY)
    for (const viewer of this.viewers) viewer.catchUp()
    return this.health as IngestHealth
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ run: fc.integer({ min: 1, max: 250 }) }) },
  { weight: 4, arbitrary: fc.record({ carry: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ viewer: fc.nat(1), subscribe: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ viewer: fc.nat(1) }) },
)

it('[L4][L6][FLT4] subscribing anew under load loses no row, no gap and no count, for any interleaving', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      const threads = new Threads(2)
      for (const one of steps) {
        if ('run' in one) threads.run(one.run)
        else if ('carry' in one) threads.carry(one.carry)
        else if ('subscribe' in one) threads.viewers[one.viewer]?.subscribe(one.subscribe)
        else threads.viewers[one.viewer]?.catchUp()
      }
      const health = threads.settle()
      const sum = (of: (fates: IngestHealth['fates'][number]) => number) =>
        health.fates.reduce((total, fates) => total + of(fates), 0)
      for (const viewer of threads.viewers) {
        const { batches } = viewer
        const account = viewer.client.account()
        expect(account.matched + account.withheld).toBe(sum((fates) => fates.decoded))
        expect(batches.reduce((total, { rows }) => total + rows, 0)).toBe(account.sent)
        expect(account.matched).toBe(account.sent + account.thinned + account.skipped)
        const lost = batches.flatMap(({ gaps }) => gaps).reduce((total, gap) => total + gap.lost, 0)
        expect(lost).toBe(health.slots.reduce((total, { gaps }) => total + gaps, 0))
        const tail = health.slots.reduce((total, slot) => total + slot.tail, 0)
        expect(lost + tail).toBe(sum(droppedOf))
        expect(numbersOf(batches).size).toBe(account.sent)
        expect(batches.at(-1)?.withheld ?? 0).toBeLessThanOrEqual(account.withheld)
      }
    }),
    { numRuns: 40 },
  )
}, 60_000)

/** Which number of which stream each row is. */
function numbersOf(batches: readonly Batch[]): Set<string> {
  return new Set(
    batches.flatMap(({ rows, slot, cpu, level, seq }) =>
      Array.from({ length: rows }, (_, row) => `${slot[row]} ${cpu[row]} ${level[row]} ${seq[row]}`),
    ),
  )
}

it('[FLT4] what a client is sent until its subscription has begun is of the one before, and the stamp says so', () => {
  const threads = new Threads(1)
  const [viewer] = threads.viewers as [Viewer]
  for (let turn = 0; turn < 4; turn += 1) {
    threads.run(40)
    if (turn > 0) viewer.subscribe(turn % 3)
    if (turn === 2) continue
    threads.run(40)
    threads.carry(Number.POSITIVE_INFINITY)
    viewer.catchUp()
  }
  threads.settle()
  const stamps = viewer.batches.map(({ subscription }) => subscription)
  expect([...new Set(stamps)]).toEqual([1, 2, 4])
})

it('[FR1] a page is not told of rows that were withheld before it subscribed, though it shares its demand', () => {
  const threads = new Threads(1)
  const [first] = threads.viewers as [Viewer]
  threads.run(1000)
  const late = new Viewer(threads.hub)
  late.subscribe(0)
  threads.settle()
  expect(first.client.account().withheld).toBeGreaterThan(1000)
  expect(late.client.account().withheld).toBe(0)
})
