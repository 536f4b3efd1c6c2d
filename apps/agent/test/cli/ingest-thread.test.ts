/** What the main thread makes of an ingest thread that answers, fails, ends or is silent. */
import { afterEach, expect, it, vi } from 'vitest'
import { IngestThread } from '../../src/cli/run/ingest-thread.ts'
import { defaultSettings, readingOf } from '../../src/control/settings.ts'
import type { IngestOptions } from '../../src/ingest/messages.ts'

const DATA = {
  feed: { kind: 'synthetic', cpus: 1, seed: 1, eventsPerSecond: 0, shared: new SharedArrayBuffer(8), buffers: [] },
  epoch: 'e',
  timeZero: { hi: 0, lo: 0 },
  flushMs: 16,
  reading: readingOf(defaultSettings()),
} satisfies IngestOptions

let thread: IngestThread
afterEach(() => thread.stop())

/** @param script runs in the thread; `port` is its end */
function start(script: string) {
  const source = `import { parentPort as port } from 'node:worker_threads'; ${script}`
  const heard: string[] = []
  const failures: string[] = []
  thread = new IngestThread({
    script: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
    data: DATA,
    wake: () => heard.push('wake'),
    onMessage: (message) => heard.push(message.type),
    onFailure: (message) => failures.push(message),
  })
  return { heard, failures }
}

const READY = "port.postMessage({ type: 'ready' });"
const ENDS = "port.on('message', ({ type }) => type === 'stop' && process.exit(0));"

it('a question is answered by its own answer', async () => {
  start(`${READY} ${ENDS} const asked = []; port.on('message', ({ request }) => {
    asked.push(request); if (asked.length === 2) for (const r of asked.reverse()) port.postMessage({ type: 'adopted', request: r })
  })`)
  await thread.ready
  const done: number[] = []
  const ask = (slot: number) =>
    thread
      .ask((request) => ({ type: 'adopt', slot, buffer: { handle: 1, parts: [1] }, request }))
      .then(() => done.push(slot))
  await Promise.all([ask(1), ask(2)])
  expect(done).toEqual([2, 1])
})

it('every message wakes the thread, but credit, which can wait', async () => {
  const { heard } = start(`${READY} ${ENDS}`)
  await thread.ready
  thread.tell({ type: 'credit' })
  expect(heard).toEqual([])
  thread.tell({ type: 'missed', missed: 0 })
  expect(heard).toEqual(['wake'])
})

it('a thread that fails before it reads makes the start fail, and says why', async () => {
  const { failures } = start("port.postMessage({ type: 'failed', message: 'no rows' })")
  await expect(thread.ready).rejects.toThrow('no rows')
  expect(failures).toEqual(['no rows'])
})

it('a thread that throws has failed, once', async () => {
  const { failures } = start(`${READY} port.on('message', () => { throw new Error('broken') })`)
  await thread.ready
  thread.tell({ type: 'missed', missed: 0 })
  await vi.waitFor(() => expect(failures).toEqual(['broken']))
  await expect(
    thread.ask((request) => ({ type: 'adopt', slot: 0, buffer: { handle: 1, parts: [1] }, request })),
  ).rejects.toThrow('broken')
})

it('a thread that ends by itself has failed', async () => {
  const { failures } = start(`${READY} setTimeout(() => process.exit(0), 10)`)
  await vi.waitFor(() => expect(failures).toEqual(['the ingest thread ended with code 0']))
})

it('a thread that is told to stop may report before it does', async () => {
  const { heard, failures } = start(`${READY} port.on('message', () => {
    port.postMessage({ type: 'health', health: {} }); port.postMessage({ type: 'stopped' }); port.close()
  })`)
  await thread.ready
  await thread.stop()
  expect(heard).toContain('health')
  expect(failures).toEqual([])
})

it('a thread that does not hear is ended', async () => {
  start(`${READY} port.on('message', () => { for (;;); })`)
  await thread.ready
  const begin = performance.now()
  await thread.stop()
  expect(performance.now() - begin).toBeLessThan(2500)
})
