/** A load of known events from another thread: started, watched and stopped through shared memory. */
import { Worker } from 'node:worker_threads'
import { type Generator, LOADS_PER_RUN } from '../../../src/source/kernel/generator.ts'

const FLAGS_BYTES = 24
const MADE_OFFSET = 16
const [STOP, DONE] = [1, 2]

export interface LoadOptions {
  cpu: number
  /** Default: until it is stopped. */
  events?: number
  padBytes?: number
}

export class Load {
  readonly #flags: Int32Array
  readonly #made: Float64Array
  readonly #exit: Promise<void>

  constructor(generator: Generator, { cpu, events = Number.MAX_SAFE_INTEGER, padBytes = 0 }: LoadOptions) {
    const shared = new SharedArrayBuffer(FLAGS_BYTES)
    this.#flags = new Int32Array(shared)
    this.#made = new Float64Array(shared, MADE_OFFSET, 1)
    const workerData = { programFd: generator.generateFd, cpu, events, padBytes, perRun: LOADS_PER_RUN, shared }
    const worker = new Worker(new URL('./generate-worker.mjs', import.meta.url), { workerData })
    this.#exit = new Promise((resolve, reject) => {
      worker.once('error', reject)
      worker.once('exit', () => resolve())
    })
  }

  /** Final once `done`. */
  get made(): number {
    return this.#made[0] as number
  }

  get done(): boolean {
    return Atomics.load(this.#flags, DONE) === 1
  }

  /** Resolves when the last event is made and the thread is gone; rejects if it failed. */
  async finished(): Promise<number> {
    await this.#exit
    return this.made
  }

  async stop(): Promise<number> {
    Atomics.store(this.#flags, STOP, 1)
    return await this.finished()
  }
}
