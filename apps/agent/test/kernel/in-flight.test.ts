/** What was submitted is soon consumed once nothing comes any more, after a flood as after a trickle. */
import { setTimeout as sleep } from 'node:timers/promises'
import { TRANSPORTS } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { generate } from './support/controls.ts'
import { between, cpuTimeOf } from './support/cpu-time.ts'
import { startProducers } from './support/producers.ts'
import { Product } from './support/product.ts'

const QUIET_MS = 200
/** Then it is not the host that takes long. */
const GIVE_UP_MS = 10_000
const LOOK_MS = 1
const FLOOD_MS = 500
const FLOODS = 5
/** Too few to wake a reader that sleeps. */
const TRICKLE = 10
const TRICKLES = 10
const TIMEOUT_MS = 60_000

/** ms until nothing is in flight, without what the reader or this thread, which looks, was kept from a CPU. */
async function drainMs(product: Product): Promise<number> {
  const threads = [product.ingestThread, process.pid]
  const before = threads.map(cpuTimeOf)
  const [start] = before
  while (product.inFlight() !== 0) {
    if (performance.now() - (start?.atMs ?? 0) > GIVE_UP_MS) throw new Error(`${product.inFlight()} stay in flight`)
    await sleep(LOOK_MS)
  }
  const took = threads.map((thread, at) => between(before[at] ?? cpuTimeOf(thread), cpuTimeOf(thread)))
  const kept = took.reduce((sum, { keptMs }) => sum + keptMs, 0)
  return Math.max(0, (took[0]?.atMs ?? 0) - kept)
}

function report(title: string, inFlight: readonly number[], tookMs: readonly number[]): void {
  console.info(
    `${title}: in flight ${inFlight.join(', ')}; none after ms ${tookMs.map((ms) => ms.toFixed(0)).join(', ')}`,
  )
}

test.each(TRANSPORTS)(
  '[ACC-3] after a flood nothing is in flight within 200 ms (%s)',
  { timeout: TIMEOUT_MS },
  async (transport) => {
    const product = await Product.open({ script: 'known-ingest', transport, hasPage: true })
    const inFlight: number[] = []
    const tookMs: number[] = []
    for (let flood = 0; flood < FLOODS; flood += 1) {
      const producers = await startProducers(product.host, null)
      await sleep(FLOOD_MS)
      inFlight.push(product.inFlight())
      await producers.stop()
      tookMs.push(await drainMs(product))
    }
    report(`${transport}, floods`, inFlight, tookMs)
    expect(Math.max(...inFlight), 'the flood is one').toBeGreaterThan(0)
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(QUIET_MS)
    const { laws } = await product.nextHealth()
    expect(laws.filter(({ verdict }) => verdict === 'violated')).toEqual([])
  },
)

test.each(TRANSPORTS)(
  '[ACC-3] a trickle that wakes nobody is not in flight for longer than 200 ms, with no page there (%s)',
  { timeout: TIMEOUT_MS },
  async (transport) => {
    const product = await Product.open({ script: 'known-ingest', transport, hasPage: false })
    await product.nextHealth()
    const inFlight: number[] = []
    const tookMs: number[] = []
    for (let trickle = 0; trickle < TRICKLES; trickle += 1) {
      generate(product.host, TRICKLE)
      inFlight.push(product.inFlight())
      tookMs.push(await drainMs(product))
    }
    report(`${transport}, trickles`, inFlight, tookMs)
    expect(Math.max(...inFlight)).toBe(TRICKLE)
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(QUIET_MS)
  },
)
