/** What a worker may be doing while it is stopped: waiting in the kernel, or reading without a pause. */
import { parentPort, workerData } from 'node:worker_threads'
import { PerfReader, Poller, Reader } from '@ringside/native'

const A_MINUTE_MICROS = 60_000_000

const reader = (workerData.kind === 'Ring' ? Reader : PerfReader).open(workerData.handle)
const poller = new Poller()
poller.add(reader)
parentPort.postMessage({ waker: poller.waker })
if (workerData.job === 'wait') poller.wait(A_MINUTE_MICROS)
const chunk = new Uint8Array(1 << 16)
while (workerData.job === 'read') reader.consume(chunk)
parentPort.postMessage({ done: true })
