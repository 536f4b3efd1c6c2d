/** Writes numbered events into a perf buffer as fast as it can, and says how many were refused, and how many last. */
import { parentPort, workerData } from 'node:worker_threads'
import { BpfProgram } from '@ringside/native'

const { fd, cpu, events, bytes } = workerData
const program = BpfProgram.fromFd(fd)
const context = new BigUint64Array([BigInt(bytes), 0n, BigInt(cpu)])
const asBytes = new Uint8Array(context.buffer)
const refusals = new Map()
let tail = 0
for (let at = 0; at < events; at += 1) {
  context[1] = BigInt(at)
  const error = program.testRun(asBytes, { cpu })
  tail = error === 0 ? 0 : tail + 1
  if (error !== 0) refusals.set(error, (refusals.get(error) ?? 0) + 1)
}
parentPort.postMessage({ refusals: Object.fromEntries(refusals), tail })
