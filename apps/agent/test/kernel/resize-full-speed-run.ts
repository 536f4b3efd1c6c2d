/**
 * Live resizes under a load that no reader keeps up with: main and its pool make and install rings, a worker runs the
 * feed and little else, a producer on each of two CPUs runs the load generator. Returns what every party counted.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Ticker } from '@ringside/native'
import { ABI, LIMITS } from '../../src/source/abi.ts'
import { KernelHost } from '../../src/source/kernel/host.ts'
import { startProducers } from './support/producers.ts'

export const SLOT = 2
export const LOAD = 8
export const TICK = 9
const TICK_HZ = 2000
const TICK_CPU = 0

export interface ResizePlan {
  /** Bytes, one resize each; the first is what the slot begins with. */
  sizes: number[]
  /** The least time between two resizes. */
  pauseMs: number
}

/** What ingest counted. */
export interface Consumed {
  consumed: Float64Array
  malformed: Float64Array
  last: Float64Array
  gaps: Float64Array
  inversions: Float64Array
  duplicates: Float64Array
  state: { producer: number; consumer: number }
}

export interface ResizeResult {
  cpus: number
  made: number
  perSecond: number
  ingest: Consumed
  rows: Uint8Array
  /** ms from the request to the moment when the new ring is the slot's. */
  swapMs: number[]
}

/** A record type, enabled, in the slot under test. */
function controlBlock(): Uint8Array {
  const { rs_control, rs_type_control } = ABI.structs
  const block = new Uint8Array(rs_control.bytes)
  for (const type of [LOAD, TICK]) {
    block.set([1, SLOT], rs_control.members.type + type * rs_type_control.bytes)
  }
  return block.fill(0xff, rs_control.members.rate)
}

export async function runResizes({ sizes, pauseMs }: ResizePlan): Promise<ResizeResult> {
  const [first = 0, ...rest] = sizes
  const host = await KernelHost.open({ capacities: [null, null, first], control: controlBlock, attach: ['on_tick'] })
  const ticker = new Ticker(TICK_HZ, TICK_CPU)
  try {
    const ingest = new IngestThread(host)
    await ingest.said('ready')
    const producers = await startProducers(host, null)
    await pause(WARM_UP_MS)
    const swapMs: number[] = []
    for (const bytes of rest) {
      swapMs.push(await ingest.resize(bytes))
      await pause(pauseMs)
    }
    const made = await producers.stop()
    host.object.detach('on_tick')
    const ingested = await ingest.stop()
    const rows = new Uint8Array(host.cpus * LIMITS.rows * ABI.structs.rs_row.bytes)
    host.object.map('rows').read(0, rows)
    return { cpus: host.cpus, ...made, ingest: ingested, rows, swapMs }
  } finally {
    ticker.close()
    await host.close()
  }
}

/** V8 compiles the loop meanwhile; the ring that the run begins with has room for it. */
const WARM_UP_MS = 500

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

class IngestThread {
  readonly #host: KernelHost
  readonly #worker: Worker

  constructor(host: KernelHost) {
    this.#host = host
    const file = new URL('./threads/fast-reader.mjs', import.meta.url)
    this.#worker = new Worker(file, { workerData: { descriptor: host.feed(), slot: SLOT } })
  }

  async said<T extends { type: string }>(type: T['type']): Promise<T> {
    for (;;) {
      const [message] = (await once(this.#worker, 'message')) as [T]
      if (message.type === type) return message
    }
  }

  /** In the order of apps/agent/src/control/resize.ts. */
  async resize(bytes: number): Promise<number> {
    const start = performance.now()
    const { handle } = await this.#host.createRing(bytes)
    const adopted = this.said('adopted')
    this.#tell({ type: 'adopt', handle })
    await adopted
    await this.#host.installRing(SLOT, handle)
    const swapMs = performance.now() - start
    const retired = this.said<{ type: 'retired'; handles: number[] }>('retired')
    this.#tell({ type: 'swapped' })
    for (const old of (await retired).handles) this.#host.closeRing(old)
    return swapMs
  }

  async stop(): Promise<Consumed> {
    const done = this.said<Consumed & { type: 'done' }>('done')
    this.#tell({ type: 'stop' })
    return done
  }

  #tell(message: object): void {
    this.#worker.postMessage(message)
    this.#host.wake()
  }
}
