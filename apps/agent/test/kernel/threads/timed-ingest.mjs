/**
 * The product's ingest thread as it is, with a watch: of each record of the critical slot it notes when it was written,
 * how much later it was read, and for how much of that this thread, or one that it may wait for, was kept from a CPU. It
 * tells them at its end.
 */
import { parentPort } from 'node:worker_threads'
import { KernelFeed } from '../../../dist/source/kernel/feed.js'
import { keptWithOthers } from './cpu-time.mjs'

const CRITICAL = 0
const LOOK_EVERY_MS = 1
const LOOKS = 8192
const RECORDS_MAX = 1 << 18
const HEADER_BYTES = 8
const TIME_AT = HEADER_BYTES + 24
const LENGTH_MASK = 0x3fff_ffff
const NS_PER_MS = 1e6

/** A ring of looks: when, and how long it had been kept from a CPU by then. */
const looks = { at: new Float64Array(LOOKS), kept: new Float64Array(LOOKS), count: 0 }
const records = { timeNs: new Float64Array(RECORDS_MAX), tookMs: new Float64Array(RECORDS_MAX), count: 0 }
const kept = new Float64Array(RECORDS_MAX)

const keptMs = keptWithOthers()
const nowMs = () => Number(process.hrtime.bigint()) / NS_PER_MS

function look() {
  const at = nowMs()
  if (looks.count > 0 && at - looks.at[(looks.count - 1) % LOOKS] < LOOK_EVERY_MS) return
  looks.at[looks.count % LOOKS] = at
  looks.kept[looks.count % LOOKS] = keptMs()
  looks.count += 1
}

/** How long it had been kept from a CPU at the last look before then. */
function keptBefore(ms) {
  let index = looks.count - 1
  while (index > 0 && index > looks.count - LOOKS && looks.at[index % LOOKS] > ms) index -= 1
  return looks.kept[Math.max(0, index) % LOOKS]
}

function note(chunk, bytes) {
  const view = new DataView(chunk.buffer, chunk.byteOffset, bytes)
  const at = nowMs()
  const keptNow = keptMs()
  for (let from = 0; from < bytes && records.count < RECORDS_MAX; ) {
    const timeNs = Number(view.getBigUint64(from + TIME_AT, true))
    records.timeNs[records.count] = timeNs
    records.tookMs[records.count] = at - timeNs / NS_PER_MS
    kept[records.count] = keptNow - keptBefore(timeNs / NS_PER_MS)
    records.count += 1
    from += ((view.getUint32(from, true) & LENGTH_MASK) + HEADER_BYTES + 7) & ~7
  }
}

const { beginPass, read } = KernelFeed.prototype
KernelFeed.prototype.beginPass = function () {
  look()
  beginPass.call(this)
}
KernelFeed.prototype.read = function (slot, chunk) {
  const bytes = read.call(this, slot, chunk)
  if (slot === CRITICAL && bytes > 0) note(chunk, bytes)
  return bytes
}

const { postMessage } = parentPort
parentPort.postMessage = (message, transfer) => {
  if (message.type === 'stopped') {
    const { timeNs, tookMs, count } = records
    const all = { timeNs: timeNs.slice(0, count), tookMs: tookMs.slice(0, count), keptMs: kept.slice(0, count) }
    postMessage.call(parentPort, { type: 'timed', ...all })
  }
  postMessage.call(parentPort, message, transfer)
}

await import('../../../dist/ingest/worker.js')
