/** Entry of one load thread: runs the generator on its CPU, flat out or at a rate, until it is told to stop. */
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { BpfProgram, pinThread, setTimerSlack } from '@ringside/native'
import { EVENT_TYPES } from '@ringside/protocol'
import { LOADS_PER_RUN } from './generator.ts'

export interface LoadThreadOptions {
  /** The generating program's descriptor. */
  fd: number
  cpu: number
  /** null: as many as it can. */
  perSecond: number | null
  padBytes: number
  /** One 32-bit word: not 0 to stop. */
  stop: SharedArrayBuffer
}

export interface LoadThreadResult {
  made: number
  /** CPU time of this thread while it made them. */
  cpuNs: number
}

const PERIOD_MS = 1

const { fd, cpu, perSecond, padBytes, stop } = workerData as LoadThreadOptions
const program = BpfProgram.fromFd(fd)
const flag = new Int32Array(stop)
const context = new BigUint64Array([BigInt(LOADS_PER_RUN), BigInt(padBytes), BigInt(EVENT_TYPES.load), 0n])
const bytes = new Uint8Array(context.buffer)
let made = 0

/** As many as one run can make: what a run and a rest cost beside the events is to be little for each of them. */
function make(): void {
  program.testRun(bytes)
  made += LOADS_PER_RUN
}

/** Time on a CPU of the calling thread: first field of schedstat, ns (Documentation/scheduler/sched-stats.rst). */
function cpuNs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0])
}

pinThread(cpu)
setTimerSlack(1)
parentPort?.postMessage(null)
const start = performance.now()
const startNs = cpuNs()
while (Atomics.load(flag, 0) === 0) {
  if (perSecond !== null && made + LOADS_PER_RUN > ((performance.now() - start) / 1000) * perSecond) {
    Atomics.wait(flag, 0, 0, PERIOD_MS)
  } else make()
}
parentPort?.postMessage({ made, cpuNs: cpuNs() - startNs } satisfies LoadThreadResult)
