/** A worker that loads an object of its own and fails in its own way. */
import { parentPort, workerData } from 'node:worker_threads'
import { BpfObject, NativeError, Poller } from '@ringside/native'

const object = BpfObject.open(workerData.probe)
object.setInnerMap('undeclared', 4096)
object.load()
const knob = object.testRun('read_knob', new Uint8Array(0))
object.close()
const poller = new Poller()
poller.wait(1000)
poller.close()
try {
  poller.wait(0)
} catch (error) {
  const { name, code } = error
  parentPort.postMessage({ name, code, isNativeError: error instanceof NativeError, knob })
}
