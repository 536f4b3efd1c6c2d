/** What becomes of a process that measures the transports: its figures, its failures, and its end. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Comparison, Measured } from '@ringside/protocol'
import { afterEach, expect, it, vi } from 'vitest'
import { Comparer } from '../../src/cli/run/comparer.ts'

const MEASURED: Measured = {
  events: 100,
  delivered: 90,
  dropped: 10,
  toldLost: null,
  deliveredPerSecond: 1e6,
  producerNsPerEvent: 100.5,
  readerNsPerEvent: 20,
  memoryBytes: 4096,
  inversions: 3,
  late: 0,
}
const RUNS: Comparison['runs'] = [{ workload: 'all out', ring: MEASURED, perf: { ...MEASURED, toldLost: 4 } }]

let told: Comparison[]
let comparer: Comparer
const states = () => told.map(({ state }) => state)
const last = () => told.at(-1) as Comparison

afterEach(async () => {
  comparer.stop()
  await vi.waitFor(() => expect(last().state).not.toBe('running'))
})

/** @param script runs in the process of its own */
function create(script: string, limitMs = 60_000): Comparer {
  told = []
  const command = [process.execPath, '-e', script] as const
  comparer = new Comparer({ command, limitMs, onChange: (comparison) => told.push(comparison) })
  return comparer
}

/** Begins, and waits for the end. */
async function measure(script: string, limitMs?: number): Promise<Comparison> {
  expect(create(script, limitMs).start()).toBeNull()
  await vi.waitFor(() => expect(last().state).not.toBe('running'), 20_000)
  return last()
}

const prints = (value: unknown) => `process.stdout.write(${JSON.stringify(JSON.stringify(value))})`

it('tells that nothing has been compared yet', () => {
  create('')
  expect(told).toMatchObject([{ type: 'comparison', state: 'none', runs: [] }])
})

it('tells what is being done, then the figures', async () => {
  const done = await measure(`console.error('ring, 1 of 2\\nperf, 2 of 2'); ${prints(RUNS)}`)
  expect(done).toMatchObject({ state: 'done', runs: RUNS })
  expect(states().slice(0, 2)).toEqual(['none', 'running'])
  expect(told.map(({ text }) => text)).toContain('perf, 2 of 2')
})

it('one at a time: another one is refused while it goes on', async () => {
  create('setInterval(() => {}, 1000)').start()
  expect(comparer.start()).toMatchObject({ code: 'busy' })
  comparer.stop()
  await vi.waitFor(() => expect(last().state).toBe('failed'))
})

it('begins anew after its end, without the figures of before', async () => {
  await measure(prints(RUNS))
  expect(comparer.start()).toBeNull()
  expect(last()).toMatchObject({ state: 'running', runs: [] })
  await vi.waitFor(() => expect(last()).toMatchObject({ state: 'done', runs: RUNS }), 20_000)
})

it('that fails says why, in the last words of the process', async () => {
  const failed = await measure(`console.error('ring'); console.error('the kernel refuses BPF'); process.exit(1)`)
  expect(failed).toMatchObject({ state: 'failed', text: 'the kernel refuses BPF', runs: [] })
})

it('that fails without a word tells how it ended', async () => {
  expect(await measure('process.exit(7)')).toMatchObject({ state: 'failed', text: 'it ended with code 7' })
  expect(await measure("process.kill(process.pid, 'SIGTERM')")).toMatchObject({ text: 'it ended with SIGTERM' })
})

it('is bounded in time', async () => {
  expect(await measure('setInterval(() => {}, 1000)', 300)).toMatchObject({
    state: 'failed',
    text: 'nothing has been heard of it for 0.3 s',
  })
})

it('is bounded in what it may say', async () => {
  const failed = await measure("setInterval(() => process.stdout.write('x'.repeat(65536)), 1)")
  expect(failed).toMatchObject({ state: 'failed', text: 'it said more than there is to say' })
  const chatty = await measure("console.error('x'.repeat(100000)); process.exit(1)")
  expect(chatty.text).toHaveLength(400)
})

it.each([
  ['nothing', "process.stdout.write('')"],
  ['no JSON', "process.stdout.write('ring: fast')"],
  ['null', prints(null)],
  ['other figures', prints([{ workload: 'all out', ring: MEASURED, perf: { ...MEASURED, late: -1 } }])],
])('takes no figures from %s', async (_, script) => {
  const failed = await measure(script)
  expect(failed).toMatchObject({ state: 'failed', runs: [], text: expect.stringContaining('not the report') })
})

it('that cannot be started says so', async () => {
  told = []
  comparer = new Comparer({ command: ['/no/such/program'], onChange: (comparison) => told.push(comparison) })
  expect(comparer.start()).toBeNull()
  await vi.waitFor(() => expect(last().state).toBe('failed'))
  expect(last().text).toContain('could not be started')
  expect(comparer.start()).toBeNull()
  await vi.waitFor(() => expect(last().state).toBe('failed'))
})

it('[PRV-5] runs with an empty environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringside-compare-'))
  const file = join(folder, 'environment')
  await measure(`require('fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env)); ${prints(RUNS)}`)
  const environment = existsSync(file) ? readFileSync(file, 'utf8') : ''
  rmSync(folder, { recursive: true })
  expect(environment).toBe('{}')
})
