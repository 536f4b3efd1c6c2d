/** Sampling by a 32-bit threshold per slot and type: counted exactly, and told by each record that was kept. */
import { EVENT_TYPES, RATE_ALL, TRANSPORTS, weightOf } from '@ringside/protocol'
import { describe, expect, test } from 'vitest'
import { rateOf, typeOf } from '../../src/ingest/scan.ts'
import { buffersOf, rateOffset } from './support/controls.ts'
import { startProducers } from './support/producers.ts'
import { Stage } from './support/stage.ts'

const [SLOT, OTHER] = [1, 2]
const BUFFERS = buffersOf({ [SLOT]: 32 * 1024 * 1024, [OTHER]: 1024 * 1024 })
const EVENTS = 100 * 512
const TENTH = Math.round(0.1 * 2 ** 32)
const QUARTER = 2 ** 30
const CHANGES = 100
const DEVIATIONS = 6

function setRate({ host }: Stage, slot: number, type: number, threshold: number): void {
  host.writeControl(rateOffset(slot, type), new Uint8Array(Uint32Array.of(threshold).buffer))
}

function generateAll(stage: Stage, wish = {}): void {
  for (let made = 0; made < EVENTS; made += 512) stage.generate(512, wish)
}

/** Records that came, by the threshold that they carry. */
function countRates(stage: Stage, type: number = EVENT_TYPES.load): Map<number, number> {
  const rates = new Map<number, number>()
  stage.onChunk = (words, good) => {
    for (let index = 0; index < good; index += 1) {
      const at = stage.scanner.at[index] as number
      if (typeOf(words, at) !== type) continue
      const rate = rateOf(words, at)
      rates.set(rate, (rates.get(rate) ?? 0) + 1)
    }
  }
  return rates
}

function open(transport: 'ring' | 'perf'): Promise<Stage> {
  return Stage.open({ transport, buffers: BUFFERS, control: { types: { load: SLOT, tick: SLOT } } })
}

describe.each(TRANSPORTS)('[L1] sampling (%s)', (transport) => {
  test('keeps about its share, and seen = sampled + submitted exactly', async () => {
    const stage = await open(transport)
    const rates = countRates(stage)
    setRate(stage, SLOT, EVENT_TYPES.load, TENTH)
    generateAll(stage)
    stage.pass()
    const { seen, sampled = 0, submitted = 0, ...others } = stage.fates(SLOT)
    expect([seen, others]).toEqual([EVENTS, {}])
    expect(sampled + submitted).toBe(EVENTS)
    expect(rates).toEqual(new Map([[TENTH, submitted]]))
    const deviation = Math.sqrt(EVENTS * 0.1 * 0.9)
    expect(Math.abs(submitted - EVENTS / 10)).toBeLessThan(DEVIATIONS * deviation)
    expect(stage.violations()).toEqual([])
  })

  test('keeps none at 0, and all at the largest threshold', async () => {
    const stage = await open(transport)
    setRate(stage, SLOT, EVENT_TYPES.load, 0)
    stage.generate(500)
    expect(stage.fates(SLOT)).toEqual({ seen: 500, sampled: 500 })
    setRate(stage, SLOT, EVENT_TYPES.load, RATE_ALL)
    stage.generate(500)
    expect(stage.fates(SLOT)).toEqual({ seen: 1000, sampled: 500, submitted: 500 })
  })
})

test('[D6] each slot and each type has a threshold of its own', async () => {
  const stage = await open('ring')
  setRate(stage, SLOT, EVENT_TYPES.load, 0)
  setRate(stage, OTHER, EVENT_TYPES.tick, 0)
  stage.generate(100)
  stage.generate(100, { type: EVENT_TYPES.tick })
  stage.control({ types: { load: OTHER, tick: OTHER } })
  setRate(stage, OTHER, EVENT_TYPES.tick, 0)
  stage.generate(100)
  stage.generate(100, { type: EVENT_TYPES.tick })
  expect(stage.fates(SLOT, 'load')).toEqual({ seen: 100, sampled: 100 })
  expect(stage.fates(SLOT, 'tick')).toEqual({ seen: 100, submitted: 100 })
  expect(stage.fates(OTHER, 'load')).toEqual({ seen: 100, submitted: 100 })
  expect(stage.fates(OTHER, 'tick')).toEqual({ seen: 100, sampled: 100 })
})

test('[D6] [L1] changed under load, each record carries the threshold that it passed: weights add up to what was seen', {
  timeout: 60_000,
}, async () => {
  const stage = await open('ring')
  const rates = countRates(stage)
  const thresholds = [RATE_ALL, TENTH, QUARTER]
  const producers = await startProducers(stage.host, 200_000)
  for (let change = 0; change < CHANGES; change += 1) {
    setRate(stage, SLOT, EVENT_TYPES.load, thresholds[change % thresholds.length] as number)
    const before = stage.scanner.consumed.reduce((sum, count) => sum + count, 0)
    await stage.until(() => stage.scanner.consumed.reduce((sum, count) => sum + count, 0) > before + 50)
  }
  const { made } = await stage.during(producers.stop())
  await stage.rest()
  stage.pass()
  expect(stage.violations()).toEqual([])
  const { seen, sampled = 0, submitted = 0, ...others } = stage.fates(SLOT)
  expect(others).toEqual({})
  expect([seen, sampled + submitted]).toEqual([made, made])
  expect([...rates.keys()].sort()).toEqual([...thresholds].sort())
  const estimate = [...rates].reduce((sum, [rate, count]) => sum + count * weightOf(rate), 0)
  const variance = [...rates].reduce((sum, [rate, count]) => sum + count * weightOf(rate) * (weightOf(rate) - 1), 0)
  expect(Math.abs(estimate - made), 'by weight').toBeLessThan(DEVIATIONS * Math.sqrt(variance) + 1)
})
