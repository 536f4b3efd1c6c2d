/** Counters of the programs, read while they are written: by nobody but one CPU at one nesting level. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onlineCpus, Ticker } from '@ringside/native'
import { describe, expect, test } from 'vitest'
import type { Ledger } from '../../src/health/rows.ts'
import { LIMITS, ringBytes, SMALLEST_RECORD_BYTES } from '../../src/source/abi.ts'
import { buffersOf } from './support/controls.ts'
import { startProducers } from './support/producers.ts'
import { Stage } from './support/stage.ts'

const SLOT = 1
const EVENTS_AT_LEAST = 5_000_000
const TICKS_HZ = 10_000
const TIMEOUT_MS = 60_000
const CAPACITY = 1024 * 1024
/** Bytes of the smallest record in a perf buffer: no more of them find room than in a ring. */
const MOST_IN_FLIGHT = CAPACITY / ringBytes(SMALLEST_RECORD_BYTES)

function sum(table: Float64Array): number {
  return table.reduce((total, count) => total + count, 0)
}

/** A flood on every CPU, with interrupts that emit inside of it, until enough was seen. */
async function flood(stage: Stage, look: (ledger: Ledger) => void): Promise<number> {
  const tickers = onlineCpus().map((cpu) => new Ticker(TICKS_HZ, cpu))
  const producers = await startProducers(stage.host, null)
  let seen = 0
  await stage.until(() => {
    const ledger = stage.ledger()
    look(ledger)
    seen = sum(ledger.fates.seen)
    return seen > EVENTS_AT_LEAST
  })
  const { made } = await stage.during(producers.stop())
  for (const ticker of tickers) ticker.close()
  await stage.rest()
  stage.pass()
  return made
}

describe.each([
  { transport: 'ring', sharding: 'single' },
  { transport: 'ring', sharding: 'cpu' },
  { transport: 'perf', sharding: 'cpu' },
] as const)('over $transport, $sharding', ({ transport, sharding }) => {
  const open = () =>
    Stage.open({
      ...{ transport, buffers: buffersOf({ [SLOT]: CAPACITY }, sharding), attach: ['on_tick'] },
      control: { types: { load: SLOT, tick: SLOT } },
    })

  test('[ACC-1] of five million events none is lost nor counted twice while the counters are read', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const stage = await open()
    let before = new Float64Array(0)
    let looks = 0
    const made = await flood(stage, ({ fates, given }) => {
      const now = Float64Array.of(...fates.seen, ...fates.submitted, ...given)
      expect(
        now.findIndex((count, at) => count < (before[at] ?? 0)),
        'a counter goes back',
      ).toBe(-1)
      before = now
      looks += 1
    })
    expect(looks).toBeGreaterThan(10)
    expect(stage.violations()).toEqual([])
    expect(stage.total('seen', 'load')).toBe(made)
    expect(stage.total('seen', 'tick')).toBe(ticksOf(stage))
  })

  test('[ACC-3] in flight are no more than the buffer holds, and none at rest', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const stage = await open()
    const inFlight: number[] = []
    await flood(stage, ({ fates }) => inFlight.push(sum(fates.submitted) - sum(stage.scanner.consumed)))
    // A record may be read before its program, interrupted in between, has counted it: one on each CPU and level.
    expect(Math.min(...inFlight)).toBeGreaterThanOrEqual(-stage.host.cpus * LIMITS.levels)
    expect(Math.max(...inFlight)).toBeLessThanOrEqual(MOST_IN_FLIGHT)
    expect(Math.max(...inFlight), 'some were on their way').toBeGreaterThan(0)
    const { fates } = stage.ledger()
    expect(sum(fates.submitted) - sum(stage.scanner.consumed)).toBe(0)
  })
})

/** How often the timer's program was run, by its own count. */
function ticksOf({ host }: Stage): number {
  const perCpu = new BigUint64Array(host.cpus * 2)
  host.object.map('runs').lookup(new Uint8Array(4), new Uint8Array(perCpu.buffer))
  return perCpu.reduce((total, count, at) => (at % 2 === 1 ? total + Number(count) : total), 0)
}

test('[ACC-1] nothing in the product writes a row', () => {
  const folder = new URL('../../src/source/kernel/', import.meta.url)
  const users = ['feed', 'host', 'generator', 'descriptor', 'buffers', 'tables', 'places', 'self-test']
  const code = users.map((name) => readFileSync(fileURLToPath(new URL(`${name}.ts`, folder)), 'utf8')).join('\n')
  expect(code).toMatch(/#rows\.read\(/)
  expect(code).not.toMatch(/(#rows|map\('rows'\))\.(write|update|delete)/)
})
