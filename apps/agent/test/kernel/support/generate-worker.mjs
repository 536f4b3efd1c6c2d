/** Runs `generate` in a thread of its own, bound to a CPU and as fast as it can. Plain JavaScript: Node runs it as is. */
import { workerData } from 'node:worker_threads'
import { BpfProgram, pinThread } from '@ringside/native'

const { programFd, cpu, events, padBytes, perRun, shared } = workerData
const flags = new Int32Array(shared, 0, 3)
const made = new Float64Array(shared, 16, 1)
const [STOP, DONE] = [1, 2]

const program = BpfProgram.fromFd(programFd)
pinThread(cpu)
while (made[0] < events && Atomics.load(flags, STOP) === 0) {
  const count = Math.min(perRun, events - made[0])
  program.testRun(new Uint8Array(BigUint64Array.of(BigInt(count), BigInt(padBytes), 0n, 0n).buffer))
  made[0] += count
}
program.close()
Atomics.store(flags, DONE, 1)
