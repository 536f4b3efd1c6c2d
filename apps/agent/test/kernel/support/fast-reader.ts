/** The thread that reads while buffers are swapped, and the order in which it is told (apps/agent/src/control/resize.ts). */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { KernelHost } from '../../../src/source/kernel/host.ts'
import type { BufferWish } from '../../../src/source/source.ts'

/** What it counted. */
export interface Consumed {
  consumed: Float64Array
  malformed: Float64Array
  last: Float64Array
  gaps: Float64Array
  inversions: Float64Array
  duplicates: Float64Array
  /** Bytes in each slot's buffer. */
  left: number[]
}

export class FastReader {
  readonly #host: KernelHost
  readonly #worker: Worker

  private constructor(host: KernelHost, slots: readonly number[]) {
    this.#host = host
    const file = new URL('../threads/fast-reader.mjs', import.meta.url)
    this.#worker = new Worker(file, { workerData: { descriptor: host.feed(), slots } })
  }

  static async start(host: KernelHost, slots: readonly number[]): Promise<FastReader> {
    const reader = new FastReader(host, slots)
    await reader.#said('ready')
    return reader
  }

  /** @returns ms until the new buffer is the slot's; resolves when the old one is empty and closed */
  async swap(slot: number, wish: BufferWish): Promise<number> {
    const start = performance.now()
    await this.place(slot, wish)
    const swapMs = performance.now() - start
    await this.#retire({ type: 'swapped', slot })
    return swapMs
  }

  /** Into a slot that has none. */
  async place(slot: number, { bytes, sharding }: BufferWish): Promise<void> {
    const buffer = await this.#host.createBuffer(bytes, sharding, slot)
    const adopted = this.#said('adopted')
    this.#tell({ type: 'adopt', slot, buffer })
    await adopted
    await this.#host.installBuffer(slot, buffer.handle)
  }

  /** Nothing is routed to the slot any more. Resolves when its buffer is empty and closed. */
  async remove(slot: number): Promise<void> {
    await this.#host.removeBuffer(slot)
    await this.#retire({ type: 'removed', slot })
  }

  async stop(): Promise<Consumed> {
    const done = this.#said<Consumed & { type: 'done' }>('done')
    this.#tell({ type: 'stop' })
    return done
  }

  async #retire(message: object): Promise<void> {
    const retired = this.#said<{ type: 'retired'; handles: number[] }>('retired')
    this.#tell(message)
    for (const old of (await retired).handles) this.#host.closeBuffer(old)
  }

  async #said<T extends { type: string }>(type: T['type']): Promise<T> {
    for (;;) {
      const [message] = (await once(this.#worker, 'message')) as [T]
      if (message.type === type) return message
    }
  }

  #tell(message: object): void {
    this.#worker.postMessage(message)
    this.#host.wake()
  }
}
