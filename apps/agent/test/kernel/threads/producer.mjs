/** A producer on one CPU: runs the load generator, flat out or at a rate, until it is told to stop. */
import { parentPort, workerData } from 'node:worker_threads'
import { BpfProgram, pinThread, setTimerSlack } from '@ringside/native'

const RUN_MAX = 512
const PERIOD_MS = 0.5
/** What was missed is made up for at one and a half times the rate: a burst would be another rate. */
const CATCH_UP_MAX = 75

const { fd, cpu, perSecond, padBytes, stop } = workerData
const program = BpfProgram.fromFd(fd)
const flag = new Int32Array(stop)
const context = new BigUint64Array([0n, BigInt(padBytes), 0n, 0n])
const bytes = new Uint8Array(context.buffer)
let made = 0

function run(count) {
  context[0] = BigInt(count)
  program.testRun(bytes)
  made += count
}

pinThread(cpu)
setTimerSlack(1)
parentPort.postMessage({ type: 'ready' })
const start = performance.now()
while (Atomics.load(flag, 0) === 0) {
  if (perSecond === null) {
    run(RUN_MAX)
    continue
  }
  const due = Math.floor(((performance.now() - start) / 1000) * perSecond) - made
  if (due > 0) run(Math.min(due, CATCH_UP_MAX))
  Atomics.wait(flag, 0, 0, PERIOD_MS)
}
parentPort.postMessage({ type: 'done', made, seconds: (performance.now() - start) / 1000 })
