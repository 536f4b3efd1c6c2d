/**
 * Live resizes of the product itself under a load that it has to keep up with: its host, its controller, its ingest
 * thread, and a page that looks at a thousand events a second. A producer on each of two CPUs runs the load generator
 * in bursts, with rests between them, while a timer's interrupt emits inside of whatever it interrupts.
 */
import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ticker } from '@ringside/native'
import { decodeBatch, type Gap, type Settings, SLOT_NAMES, type Transport } from '@ringside/protocol'
import { IngestThread } from '../../src/cli/run/ingest-thread.ts'
import { partBytesOf } from '../../src/control/buffers.ts'
import { Controller } from '../../src/control/controller.ts'
import { encodeControl } from '../../src/control/layout.ts'
import { defaultSettings, readingOf, recordOf, startSettings } from '../../src/control/settings.ts'
import type { Demand, FromIngest, IngestHealth } from '../../src/ingest/messages.ts'
import { KernelHost } from '../../src/source/kernel/host.ts'
import { monotonicWords, nsSince } from '../../src/source/monotonic.ts'
import { type Produced, startProducers } from './support/producers.ts'

const SLOT = SLOT_NAMES.indexOf('debug')
const SCRIPT = new URL('./threads/watched-ingest.mjs', import.meta.url)
const FLUSH_MS = 16
const TICK_HZ = 2000
const TICK_CPU = 0
/** V8 compiles the ingest thread's code meanwhile. */
const WARM_UP_MS = 500
const PAUSE_MS = 20
const PAGE: Demand = { id: 1, filter: { types: [], slots: [], text: '' }, rowsPerSecond: 1000, bytes: false }

/** ns since one zero for all. */
export interface Span {
  fromNs: number
  toNs: number
}

/** Between two passes the reader, or a thread that it waits for, was ready to run and did not get a CPU for so long. */
export interface Absence extends Span {
  ms: number
}

/** A ring of the slot, and the longest time for which it may have been written to. */
export interface UsedRing extends Span {
  bytes: number
}

export interface ProductRun extends Produced {
  /** After the drain. */
  health: IngestHealth
  gaps: Gap[]
  absences: Absence[]
  rings: UsedRing[]
  /** ms from the command to its reply. */
  swapMs: number[]
  refused: string[]
}

/** @param sizes bytes, one resize each; the first is what the slot begins with; neighbours differ */
export async function runProduct(
  [first = 0, ...rest]: number[],
  perSecond: number,
  transport: Transport = 'ring',
): Promise<ProductRun> {
  const asked = defaultSettings({ debug: first })
  const host = await openHost(asked, transport)
  const settings = startSettings(asked, host)
  const timeZero = monotonicWords()
  const nowNs = nsSince(timeZero)
  const heard = new Heard()
  const thread = new IngestThread({
    script: SCRIPT,
    data: { feed: host.feed(), epoch: 'resize', timeZero, flushMs: FLUSH_MS, reading: readingOf(settings) },
    wake: () => host.wake(),
    onMessage: (message: FromIngest | ({ type: 'absent' } & Absence)) => {
      if (message.type === 'published') thread.tell({ type: 'credit' })
      if (message.type === 'retired') controller.retired(message.handles)
      heard.take(message)
    },
    onFailure: (message) => heard.failures.push(message),
  })
  const idle = { onChange: () => undefined, compare: () => null }
  const options = { host, ingest: thread, settings, agentPort: 0, ...idle, resizeEveryMs: 0 }
  const controller = new Controller(options)
  const ticker = new Ticker(TICK_HZ, TICK_CPU)
  try {
    await thread.ready
    thread.tell({ type: 'demands', version: 1, demands: [PAGE] })
    const start = nowNs()
    const producers = await startProducers(host, perSecond)
    await sleep(WARM_UP_MS)
    const resizes = new Resizes(controller, heard, nowNs, {
      bytes: first,
      fromNs: start,
      toNs: Number.POSITIVE_INFINITY,
    })
    for (const bytes of rest) await resizes.resize(bytes)
    const produced = await producers.stop()
    host.object.detach('on_tick')
    await controller.stop()
    await thread.stop()
    if (heard.health === null || heard.failures.length > 0) throw new Error(`no last health: ${heard.failures}`)
    const { health, gaps } = heard
    const absences = heard.absences.filter(({ fromNs }) => fromNs > start)
    const { rings, swapMs, refused } = resizes
    return { ...produced, health, gaps, absences, rings, swapMs, refused }
  } finally {
    ticker.close()
    await thread.stop()
    await host.close()
  }
}

function openHost(settings: Settings, transport: Transport): Promise<KernelHost> {
  return KernelHost.open({
    transport,
    buffers: SLOT_NAMES.map((slot) => {
      const { capacityBytes: bytes, sharding } = settings.slots[slot]
      return bytes === 0 ? null : { bytes, sharding }
    }),
    control: (agentPid, buffers) => {
      const partBytes = recordOf(SLOT_NAMES, (_, slot) => partBytesOf(buffers[slot] ?? null))
      return encodeControl(settings, { agentPid, agentPort: 0, partBytes })
    },
    attach: ['on_tick'],
  })
}

/** Commands one after the other, as an operator would give them who does not wait any longer than he must. */
class Resizes {
  readonly rings: UsedRing[]
  readonly swapMs: number[] = []
  readonly refused: string[] = []
  readonly #controller: Controller
  readonly #heard: Heard
  readonly #nowNs: () => number

  constructor(controller: Controller, heard: Heard, nowNs: () => number, first: UsedRing) {
    this.#controller = controller
    this.#heard = heard
    this.#nowNs = nowNs
    this.rings = [first]
  }

  async resize(bytes: number): Promise<void> {
    const fromNs = this.#nowNs()
    const retired = once(this.#heard.events, 'retired')
    const command = { op: 'resize', slot: 'debug', bytes } as const
    const { error } = await this.#controller.execute({ type: 'command', id: 1, revision: null, command }, 'test')
    this.swapMs.push((this.#nowNs() - fromNs) / 1e6)
    if (error !== null) {
      this.refused.push(error.message)
      return
    }
    await retired
    const old = this.rings.at(-1)
    if (old) old.toNs = this.#nowNs()
    this.rings.push({ bytes, fromNs, toNs: Number.POSITIVE_INFINITY })
    await sleep(PAUSE_MS)
  }
}

/** What the ingest thread told. */
class Heard {
  readonly events = new EventEmitter()
  readonly gaps: Gap[] = []
  readonly absences: Absence[] = []
  readonly failures: string[] = []
  health: IngestHealth | null = null

  take(message: FromIngest | ({ type: 'absent' } & Absence)): void {
    if (message.type === 'absent') this.absences.push(message)
    if (message.type === 'health') this.health = message.health
    if (message.type === 'retired') this.events.emit('retired')
    if (message.type !== 'published') return
    for (const { frame } of message.publications) {
      const batch = frame === null ? null : decodeBatch(frame)
      if (batch?.ok) this.gaps.push(...batch.gaps.filter(({ slot }) => slot === SLOT))
    }
  }
}
