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

const PERIOD_MS = 0.5
/** What was missed is made up for at one and a half times the rate: a burst would be another rate. */
const CATCH_UP = 1.5

const { fd, cpu, perSecond, padBytes, stop } = workerData as LoadThreadOptions
const program = BpfProgram.fromFd(fd)
const flag = new Int32Array(stop)
const context = new BigUint64Array([0n, BigInt(padBytes), BigInt(EVENT_TYPES.load), 0n])
const bytes = new Uint8Array(context.buffer)
const most = perSecond === null ? LOADS_PER_RUN : Math.ceil((perSecond * PERIOD_MS * CATCH_UP) / 1000)
let made = 0

function make(count: number): void {
  for (let left = Math.min(count, most); left > 0; left -= LOADS_PER_RUN) {
    const now = Math.min(left, LOADS_PER_RUN)
    context[0] = BigInt(now)
    program.testRun(bytes)
    made += now
  }
}

/** Time on a CPU of the calling thread: first field of schedstat, ns (Documentation/scheduler/sched-stats.rst). */
function cpuNs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0])
}

pinThread(cpu)
setTimerSlack(1)
const start = performance.now()
const startNs = cpuNs()
while (Atomics.load(flag, 0) === 0) {
  if (perSecond === null) make(LOADS_PER_RUN)
  else {
    make(Math.floor(((performance.now() - start) / 1000) * perSecond) - made)
    Atomics.wait(flag, 0, 0, PERIOD_MS)
  }
}
parentPort?.postMessage({ made, cpuNs: cpuNs() - startNs } satisfies LoadThreadResult)
