/**
 * Loaded into the agent before itself, on its main thread: at a first SIGUSR2 it has the load generator run on all CPUs,
 * as fast as they can, and watches how the event loop turns; at a second it ends both, and prints what it saw.
 */
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread, Worker } from 'node:worker_threads'

const EVERY_MS = 10
/** Of large records fewer can be read than made. */
const PAD_BYTES = 960
const NS_PER_MS = 1e6

if (isMainThread && process.argv.includes('serve')) await watch()

async function watch() {
  const { onlineCpus } = await import('@ringside/native')
  const { KernelHost } = await import('../../../dist/source/kernel/host.js')
  const { keptFromCpuMs } = await import('./cpu-time.mjs')
  let host = null
  const { open } = KernelHost
  KernelHost.open = async (options) => {
    host = await open.call(KernelHost, options)
    return host
  }
  let end = null
  process.on('SIGUSR2', () => {
    if (end === null) end = begin(host, onlineCpus(), keptFromCpuMs)
    else end()
  })
}

function begin(host, cpus, keptFromCpuMs) {
  const stop = new SharedArrayBuffer(4)
  const { fd } = host.object.program('generate')
  const script = new URL('./producer.mjs', import.meta.url)
  const producers = cpus.map((cpu) => {
    return new Worker(script, { workerData: { fd, cpu, perSecond: null, padBytes: PAD_BYTES, stop } })
  })
  const delay = monitorEventLoopDelay({ resolution: EVERY_MS })
  delay.enable()
  const turns = watchTurns(keptFromCpuMs)
  return () => {
    turns.end()
    delay.disable()
    Atomics.store(new Int32Array(stop), 0, 1)
    const report = { delay: figures(delay), own: figures(turns.own), kept: figures(turns.kept), turns: turns.own.count }
    process.stderr.write(`turns ${JSON.stringify(report)}\n`)
    for (const producer of producers) producer.unref()
  }
}

/** The same intervals as `monitorEventLoopDelay` has, less what this thread was kept from a CPU in each. */
function watchTurns(keptFromCpuMs) {
  const own = createHistogram()
  const kept = createHistogram()
  let last = { atMs: performance.now(), keptMs: keptFromCpuMs() }
  const timer = setInterval(() => {
    const now = { atMs: performance.now(), keptMs: keptFromCpuMs() }
    const keptMs = now.keptMs - last.keptMs
    own.record(Math.max(1, Math.round((now.atMs - last.atMs - keptMs) * NS_PER_MS)))
    kept.record(Math.max(1, Math.round(keptMs * NS_PER_MS)))
    last = now
  }, EVERY_MS)
  return { own, kept, end: () => clearInterval(timer) }
}

/** ms. */
function figures(histogram) {
  return {
    p50: histogram.percentile(50) / NS_PER_MS,
    p99: histogram.percentile(99) / NS_PER_MS,
    max: histogram.max / NS_PER_MS,
  }
}
