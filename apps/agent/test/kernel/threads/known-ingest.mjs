/**
 * The product's ingest thread as it is. It also says which thread it is, keeps in shared memory how many records it has
 * consumed, and tells at its end which numbers arrived last.
 */
import { readlinkSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { Scanner } from '../../../dist/ingest/scan.js'

const consumed = new Float64Array(new SharedArrayBuffer(8))
let last = new Float64Array(0)

const { scan } = Scanner.prototype
Scanner.prototype.scan = function (...chunk) {
  const good = scan.apply(this, chunk)
  last = this.sequence.last
  consumed[0] = this.consumed.reduce((sum, count) => sum + count, 0)
  return good
}

const { postMessage } = parentPort
parentPort.postMessage = (message, transfer) => {
  if (message.type === 'stopped') postMessage.call(parentPort, { type: 'last', last })
  postMessage.call(parentPort, message, transfer)
}

const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
postMessage.call(parentPort, { type: 'thread', thread, consumed })

await import('../../../dist/ingest/worker.js')
