/** Reads a ring until it has the records that were promised, and says whether they came in order. */
import { parentPort, workerData } from 'node:worker_threads'
import { Reader } from '@ringside/native'

const RECORD_WORDS = 2

const reader = Reader.open(workerData.ring)
const chunk = new Uint8Array(1 << 12)
const words = new BigUint64Array(chunk.buffer)
let records = 0
let inOrder = true
parentPort.postMessage('ready')
while (records < workerData.wanted) {
  const end = reader.consume(chunk) / 8
  for (let at = 1; at < end; at += RECORD_WORDS) {
    inOrder &&= words[at] === BigInt(records)
    records += 1
  }
}
reader.close()
parentPort.postMessage({ records, inOrder })
