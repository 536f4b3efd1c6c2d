/** A producer of the load generator's records on each of two CPUs, in threads of their own. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { KernelHost } from '../../../src/source/kernel/host.ts'

const CPUS = [0, 1]
const SCRIPT = new URL('../threads/producer.mjs', import.meta.url)

export interface Produced {
  made: number
  /** Of all producers together. */
  perSecond: number
}

export interface Producers {
  stop(): Promise<Produced>
}

/** @param perSecond records of all producers together, in bursts with rests between; null: as many as they can */
export async function startProducers(host: KernelHost, perSecond: number | null, padBytes = 0): Promise<Producers> {
  const stop = new SharedArrayBuffer(4)
  const { fd } = host.object.program('generate')
  const rate = perSecond === null ? null : perSecond / CPUS.length
  const workers = CPUS.map((cpu) => new Worker(SCRIPT, { workerData: { fd, cpu, perSecond: rate, padBytes, stop } }))
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  return {
    stop: async () => {
      const ends = workers.map((worker) => once(worker, 'message'))
      Atomics.store(new Int32Array(stop), 0, 1)
      const totals = (await Promise.all(ends)).map(([message]) => message as { made: number; seconds: number })
      const made = totals.reduce((sum, total) => sum + total.made, 0)
      return { made, perSecond: totals.reduce((sum, total) => sum + total.made / total.seconds, 0) }
    },
  }
}
