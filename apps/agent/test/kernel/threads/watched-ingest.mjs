/**
 * The product's ingest thread as it is, with a witness: at each pass it asks the kernel how long this thread was ready
 * to run and did not get a CPU since the pass before, or one that it may have to wait for: V8's helpers, and the main
 * thread, with which it shares locks. It posts what was long. Time that the thread itself rests or works, or is blocked
 * although all others run, is none of that.
 */
import { openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { KernelFeed } from '../../../dist/source/kernel/feed.js'

const WORTH_TELLING_MS = 1
const NS_PER_MS = 1e6
/** USER_HZ: /proc/stat counts in hundredths of a second. */
const MS_PER_TICK = 10

const { hi, lo } = workerData.timeZero
const zeroNs = Number(process.hrtime.bigint() - ((BigInt(hi) << 32n) | BigInt(lo))) - performance.now() * NS_PER_MS
const self = openSync('/proc/thread-self/schedstat')
const selfThread = readlinkSync('/proc/thread-self').split('/').at(-1)
const others = readdirSync('/proc/self/task')
  .filter((thread) => thread !== selfThread)
  .map((thread) => openSync(`/proc/self/task/${thread}/schedstat`))
const stat = openSync('/proc/stat')
const text = Buffer.alloc(256)

function field(fd, index) {
  return Number(text.toString('latin1', 0, readSync(fd, text, 0, text.length, 0)).split(/\s+/)[index])
}

/** ms that a thread has waited for a CPU so far; ms that CPUs were taken away from this machine. */
const waitedMs = (schedstat) => field(schedstat, 1) / NS_PER_MS
const stolenMs = () => field(stat, 8) * MS_PER_TICK

let last = { atMs: performance.now(), self: waitedMs(self), others: others.map(waitedMs), stolen: stolenMs() }

function look() {
  const now = { ...last, atMs: performance.now() }
  // What happens in less time than this does not matter, and asking for it costs.
  if (now.atMs - last.atMs < WORTH_TELLING_MS) return
  Object.assign(now, { self: waitedMs(self), others: others.map(waitedMs), stolen: stolenMs() })
  const waitedFor = Math.max(0, ...now.others.map((ms, at) => ms - last.others[at]))
  const ms = now.self - last.self + waitedFor + (now.stolen - last.stolen)
  if (ms > WORTH_TELLING_MS) {
    const [fromNs, toNs] = [last.atMs, now.atMs].map((atMs) => zeroNs + atMs * NS_PER_MS)
    parentPort.postMessage({ type: 'absent', fromNs, toNs, ms })
  }
  last = now
}

const { beginPass } = KernelFeed.prototype
KernelFeed.prototype.beginPass = function () {
  look()
  beginPass.call(this)
}

await import('../../../dist/ingest/worker.js')
