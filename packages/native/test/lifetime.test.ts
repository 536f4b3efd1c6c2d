/** How things end: processes at every stage, workers in the middle of a call, objects that nobody closes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { PerfBuffer, Ring } from '@ringside/native'
import { describe, expect, test } from 'vitest'
import { openProbe, PROBE, word32, words } from './probe.ts'

const STAGES_SCRIPT = fileURLToPath(new URL('./threads/stages.mjs', import.meta.url))
const COLLECT_SCRIPT = fileURLToPath(new URL('./threads/collect.mjs', import.meta.url))
const JOB_THREAD = fileURLToPath(new URL('./threads/job.mjs', import.meta.url))
const APART_THREAD = fileURLToPath(new URL('./threads/apart.mjs', import.meta.url))
const COUNT_THREAD = fileURLToPath(new URL('./threads/count.mjs', import.meta.url))
/** Far less than the minute for which the worker would wait, and time to start Node on a busy host. */
const SOON_MS = 10_000
const HALF = 5000

/** Runs node on a script to its end. */
async function ended(args: string[]) {
  const start = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { out: '', err: '' }
  child.stdout.on('data', (data) => (text.out += data))
  child.stderr.on('data', (data) => (text.err += data))
  const [code, signal] = await once(child, 'close')
  return { code, signal, ...text, ms: performance.now() - start }
}

const STAGES = [
  'nothing but the import',
  'an object that is open',
  'an object that is loaded',
  'a program that is attached',
  'maps that are mapped',
  'a ring',
  'a reader',
  'a poller that watches',
  'a perf buffer',
  'a perf buffer in its map',
  'a reader of a perf buffer',
  'a poller that watches a perf buffer',
  'a waker and a ticker',
  'a ring that is being made',
  'a perf buffer that is being made',
  'an update that waits for RCU',
  'a deletion that waits for RCU',
  'a hash that is being drained',
]
const STAGES_WITH_WORKERS = [
  'a worker that waits',
  'a worker that reads',
  'a worker that waits for a perf buffer',
  'a worker that reads a perf buffer',
]

describe.concurrent('a process', () => {
  test.each([...STAGES, ...STAGES_WITH_WORKERS])('[NAT-4] exits with %s', async (stage) => {
    const { code, signal, err, ms } = await ended([STAGES_SCRIPT, stage, 'exit', PROBE])
    expect({ code, signal, err }).toEqual({ code: 7, signal: null, err: '' })
    expect(ms).toBeLessThan(SOON_MS)
  })

  test.each(STAGES)('[NAT-4] ends by itself with %s', async (stage) => {
    const { code, signal, err } = await ended([STAGES_SCRIPT, stage, 'return', PROBE])
    expect({ code, signal, err }).toEqual({ code: 7, signal: null, err: '' })
  })

  test.each(STAGES)('[NAT-4] is ended by an exception with %s', async (stage) => {
    const { code, signal, err } = await ended([STAGES_SCRIPT, stage, 'throw', PROBE])
    expect({ code, signal }).toEqual({ code: 1, signal: null })
    expect(err).toContain('on purpose')
  })
})

describe('a worker', () => {
  test('[NAT-6] has errors and waits of its own beside the main thread', async () => {
    const worker = new Worker(APART_THREAD, { workerData: { probe: PROBE } })
    const [message] = await once(worker, 'message')
    expect(message).toEqual({ name: 'NativeError', code: 'ECLOSED', isNativeError: true, knob: 7 })
    await once(worker, 'exit')
  })

  const rings = () => Ring.createSync(4096)
  const perfBuffers = () => PerfBuffer.createSync(4096, { cpu: 0, wakeBytes: 1 })
  test.each([
    ['wait', 'ring', rings],
    ['read', 'ring', rings],
    ['wait', 'perf buffer', perfBuffers],
    ['read', 'perf buffer', perfBuffers],
  ])('[NAT-4] is terminated in the middle of a %s, and its %s can be read again', async (job, _, make) => {
    const buffer = make()
    const workerData = { job, kind: buffer.constructor.name, handle: buffer.handle }
    for (let round = 0; round < 3; round += 1) {
      const worker = new Worker(JOB_THREAD, { workerData })
      await once(worker, 'message')
      const start = performance.now()
      await worker.terminate()
      expect(performance.now() - start).toBeLessThan(1000)
    }
    buffer.close()
  })

  test('[NAT-2] reads a ring to its end that was closed where it was made', async () => {
    const object = openProbe()
    object.load()
    const ring = Ring.createSync(1 << 20)
    object.map('slots').update(word32(0), word32(ring.fd))
    const worker = new Worker(COUNT_THREAD, { workerData: { ring: ring.handle, wanted: 2 * HALF } })
    await once(worker, 'message')
    for (let at = 0; at < HALF; at += 1) object.testRun('put', words(8, at, 0))
    ring.close()
    for (let at = HALF; at < 2 * HALF; at += 1) object.testRun('put', words(8, at, 0))
    const [result] = await once(worker, 'message')
    expect(result).toEqual({ records: 2 * HALF, inOrder: true })
    object.close()
  })
})

test('[NAT-5] what nobody closes is freed by the garbage collector', async () => {
  const { code, out } = await ended(['--expose-gc', COLLECT_SCRIPT, PROBE])
  expect(code).toBe(0)
  const { before, during, after } = JSON.parse(out)
  expect(during.descriptors).toBeGreaterThan(before.descriptors + 20)
  expect(during.mappings).toBeGreaterThan(20)
  expect(after).toEqual(before)
})
