/** The load generator on every CPU at once, each from a thread of its own that is bound to it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { onlineCpus, pageBytes } from '@ringside/native'
import { type Load, type LoadWish, messageFrom } from '../load.ts'
import type { FeedDescriptor } from '../source.ts'
import { GENERATOR_SLOT, Generator } from './generator.ts'
import type { LoadThreadOptions, LoadThreadResult } from './load-thread.ts'

const SCRIPT = new URL('./load-thread.js', import.meta.url)
/** The consumer's page and the producer's, besides the data; a perf buffer has one for both. */
const RING_PAGES = 2

export class KernelLoad implements Load {
  readonly slot = GENERATOR_SLOT
  readonly cpus: number
  readonly memoryBytes: number
  readonly #generator: Generator
  readonly #wish: LoadWish

  private constructor(generator: Generator, wish: LoadWish) {
    this.#generator = generator
    this.#wish = wish
    this.cpus = generator.cpus
    this.memoryBytes =
      wish.transport === 'ring'
        ? wish.bytes + RING_PAGES * pageBytes()
        : onlineCpus().length * (wish.bytes + pageBytes())
  }

  static async open(wish: LoadWish): Promise<KernelLoad> {
    const parts = wish.transport === 'ring' ? 1 : onlineCpus().length
    const generator = await Generator.create({ transport: wish.transport, bytes: wish.bytes * parts })
    return new KernelLoad(generator, wish)
  }

  get feed(): FeedDescriptor {
    return this.#generator.feed()
  }

  async run(milliseconds: number): Promise<{ made: number; cpuNs: number }> {
    const { perSecond, padBytes } = this.#wish
    const stop = new SharedArrayBuffer(4)
    const fd = padBytes === null ? this.#generator.generateFixedFd : this.#generator.generateFd
    const threads = onlineCpus().map((cpu) => {
      const workerData: LoadThreadOptions = { fd, cpu, perSecond, padBytes: padBytes ?? 0, stop }
      return new Worker(SCRIPT, { workerData })
    })
    const next = (thread: Worker) => messageFrom(thread, 'a load thread gave no answer')
    try {
      await Promise.all(threads.map(next))
      const done = Promise.all(threads.map(async (thread) => (await next(thread)) as LoadThreadResult))
      await sleep(milliseconds)
      Atomics.store(new Int32Array(stop), 0, 1)
      Atomics.notify(new Int32Array(stop), 0)
      const results = await done
      await this.#generator.settle()
      const sum = (of: (result: LoadThreadResult) => number) => results.reduce((total, each) => total + of(each), 0)
      return { made: sum(({ made }) => made), cpuNs: sum(({ cpuNs }) => cpuNs) }
    } finally {
      await Promise.all(threads.map((thread) => thread.terminate()))
    }
  }

  close(): void {
    this.#generator.close()
  }
}
