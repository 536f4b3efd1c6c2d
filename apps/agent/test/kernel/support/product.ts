/** The product's host and ingest thread, with a page that asks for rows or without one: nothing else of the agent. */

import type { EventType, Gap, SlotGap, SlotName, Transport } from '@ringside/protocol'
import { decodeBatch, SLOT_NAMES } from '@ringside/protocol'
import { onTestFinished } from 'vitest'
import { IngestThread } from '../../../src/cli/run/ingest-thread.ts'
import { partBytesOf } from '../../../src/control/buffers.ts'
import { encodeControl } from '../../../src/control/layout.ts'
import { defaultSettings, readingOf, recordOf } from '../../../src/control/settings.ts'
import { type Ledger, readLedger, rowsBytes } from '../../../src/health/rows.ts'
import type { Demand, FromIngest, IngestHealth } from '../../../src/ingest/messages.ts'
import { ABI } from '../../../src/source/abi.ts'
import { KernelHost } from '../../../src/source/kernel/host.ts'
import { monotonicWords } from '../../../src/source/monotonic.ts'

const FLUSH_MS = 16
const PAGE: Demand = { id: 1, filter: { types: [], slots: [], text: '' }, rowsPerSecond: 1000, bytes: false }

/** Of records of the critical slot: when each was written (CLOCK_MONOTONIC), and how much later it was read. */
export interface Timed {
  timeNs: Float64Array
  tookMs: Float64Array
  /** For how much of that the reader, or a thread that it may wait for, was ready to run and had no CPU. */
  keptMs: Float64Array
}

/** What the scripts of threads/ tell beside the product's own messages. */
type Told =
  | FromIngest
  | { type: 'thread'; thread: number; consumed: Float64Array }
  | { type: 'last'; last: Float64Array }
  | ({ type: 'timed' } & Timed)

export interface ProductOptions {
  /** Of threads/. */
  script: 'known-ingest' | 'timed-ingest'
  transport?: Transport
  debugBytes?: number
  /** Where not as by default. */
  routes?: Partial<Record<EventType, SlotName>>
  attach?: readonly string[]
  /** A page is there from the start. */
  hasPage: boolean
}

export class Product {
  readonly host: KernelHost
  readonly thread: IngestThread
  /** Of the ingest thread, as the kernel names it. */
  ingestThread = 0
  /** By stream, at the end: the last number that arrived. */
  last: Float64Array = new Float64Array(0)
  timed: Timed | null = null
  health: IngestHealth | null = null
  /** Each told once, in the order in which they were told. */
  readonly gaps: (SlotGap | Gap)[] = []
  readonly failures: string[] = []
  /** Called with each evaluation of the ledger. */
  onHealth: (health: IngestHealth) => void = () => undefined

  #consumed: Float64Array = new Float64Array(1)

  private constructor(host: KernelHost, settings: ReturnType<typeof defaultSettings>, script: string) {
    this.host = host
    this.thread = new IngestThread({
      script: new URL(`../threads/${script}.mjs`, import.meta.url),
      data: {
        ...{ feed: host.feed(), epoch: script, timeZero: monotonicWords(), flushMs: FLUSH_MS },
        reading: readingOf(settings),
      },
      wake: () => host.wake(),
      onMessage: (message: Told) => this.#take(message),
      onFailure: (message) => this.failures.push(message),
    })
  }

  /** It is closed when the test is over. */
  static async open(options: ProductOptions): Promise<Product> {
    const { script, transport = 'ring', debugBytes, routes = {}, attach = [], hasPage } = options
    const settings = defaultSettings(debugBytes === undefined ? {} : { debug: debugBytes })
    for (const [type, slot] of Object.entries(routes)) settings.types[type as EventType].slot = slot
    const host = await KernelHost.open({
      ...{ transport, attach },
      buffers: SLOT_NAMES.map((slot) => {
        const { capacityBytes: bytes, sharding } = settings.slots[slot]
        return bytes === 0 ? null : { bytes, sharding }
      }),
      control: (agentPid, buffers) => {
        const partBytes = recordOf(SLOT_NAMES, (_, slot) => partBytesOf(buffers[slot] ?? null))
        return encodeControl(settings, { agentPid, agentPort: 0, partBytes })
      },
    })
    const product = new Product(host, settings, script)
    onTestFinished(async () => {
      await product.thread.stop()
      await host.close()
    })
    await product.thread.ready
    if (hasPage) product.thread.tell({ type: 'demands', version: 1, demands: [PAGE] })
    return product
  }

  /** Nothing is seen any more, and no program runs that had begun before. */
  async rest(): Promise<void> {
    this.host.writeControl(ABI.structs.rs_control.members.paused, Uint8Array.of(1, 0))
    await this.host.settle()
  }

  /** The rows as the programs write them. */
  ledger(): Ledger {
    const rows = new Uint8Array(rowsBytes(this.host.cpus))
    this.host.object.map('rows').read(0, rows)
    return readLedger(rows, this.host.cpus)
  }

  /** Records that are submitted and not consumed; rather too many while some come. */
  inFlight(): number {
    const [consumed = 0] = this.#consumed
    return this.ledger().fates.submitted.reduce((sum, count) => sum + count, 0) - consumed
  }

  /** Resolves with the next evaluation of the ledger, and those after it until one is good enough. */
  nextHealth(isEnough: (health: IngestHealth) => boolean = () => true): Promise<IngestHealth> {
    return new Promise((resolve) => {
      this.onHealth = (health) => {
        if (isEnough(health)) resolve(health)
      }
    })
  }

  #take(message: Told): void {
    switch (message.type) {
      case 'thread':
        this.ingestThread = message.thread
        this.#consumed = message.consumed
        break
      case 'last':
        this.last = message.last
        break
      case 'timed':
        this.timed = message
        break
      case 'health':
        this.health = message.health
        this.onHealth(message.health)
        break
      case 'published':
        this.thread.tell({ type: 'credit' })
        for (const { frame, gaps } of message.publications) this.gaps.push(...(frame === null ? gaps : gapsOf(frame)))
        break
    }
  }
}

function gapsOf(frame: ArrayBuffer): Gap[] {
  const batch = decodeBatch(frame)
  if (!batch.ok) throw new Error(batch.message)
  return batch.gaps
}
