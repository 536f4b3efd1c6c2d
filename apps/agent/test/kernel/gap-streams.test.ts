/** Gaps name their streams: what frames tell of each stream is what the rows of the kernel say that it lost. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Ticker } from '@ringside/native'
import { type GapStream, SLOT_NAMES, TRANSPORTS } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { placeOf, streamOf } from '../../src/ingest/sequence.ts'
import { startProducers } from './support/producers.ts'
import { Product } from './support/product.ts'

const DEBUG = SLOT_NAMES.indexOf('debug')
const DEBUG_BYTES = 64 * 1024
const TICKS_HZ = 2000
const TICK_CPU = 0
const FLOOD_MS = 2000
/** A gap names so many streams at most, those that lost most. */
const STREAMS_TOLD = 16
const TIMEOUT_MS = 60_000

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Of one stream, in the order in which they were told. */
function toldOf(told: readonly (GapStream & { slot: number })[], cpus: number): Map<number, GapStream[]> {
  const byStream = new Map<number, GapStream[]>()
  for (const one of told) {
    const stream = streamOf(cpus, one.slot, one.cpu, one.level)
    byStream.set(stream, [...(byStream.get(stream) ?? []), one])
  }
  return byStream
}

test.each(TRANSPORTS)(
  '[ACC-9] [L6] of each stream the gaps that are told and its tail are what the rows say that it dropped (%s)',
  { timeout: TIMEOUT_MS },
  async (transport) => {
    const product = await Product.open({
      ...{ script: 'known-ingest', transport, debugBytes: DEBUG_BYTES, attach: ['on_tick'], hasPage: true },
    })
    const ticker = new Ticker(TICKS_HZ, TICK_CPU)
    const producers = await startProducers(product.host, null)
    await sleep(FLOOD_MS)
    await producers.stop()
    ticker.close()
    await product.rest()
    await product.thread.stop()
    expect(product.failures).toEqual([])

    const { cpus } = product.host
    const { given, streamDropped } = product.ledger()
    const { gaps, last } = product
    const tails = Array.from(given, (number, stream) => number - (last[stream] ?? 0))
    const told = toldOf(
      gaps.flatMap(({ slot, streams }) => streams.map((stream) => ({ slot, ...stream }))),
      cpus,
    )
    const rows = Array.from(streamDropped, (dropped, stream) => ({ stream, dropped })).filter(
      ({ dropped }) => dropped > 0,
    )
    const lost = (stream: number) => total((told.get(stream) ?? []).map((one) => one.lost))
    console.info(
      `${transport}: ${gaps.length} gaps; ` +
        rows
          .map(({ stream, dropped }) => {
            const { slot, cpu, level } = placeOf(cpus, stream)
            return `[${SLOT_NAMES[slot]} CPU ${cpu} level ${level}] ${lost(stream)} + ${tails[stream]} = ${dropped}`
          })
          .join(', '),
    )

    expect(
      rows.some(({ stream }) => placeOf(cpus, stream).level > 0),
      'some were lost inside of others',
    ).toBe(true)
    expect(rows.map(({ stream }) => placeOf(cpus, stream).slot)).toContain(DEBUG)
    expect(total(gaps.map((gap) => gap.lost)) + total(tails), 'told and tail').toBe(total([...streamDropped]))
    // With more streams than a gap names only their sum is told.
    const areAllNamed = rows.length <= STREAMS_TOLD
    for (const { stream, dropped } of rows) {
      const sum = lost(stream) + (tails[stream] ?? 0)
      const { slot, cpu, level } = placeOf(cpus, stream)
      const name = `slot ${slot}, CPU ${cpu}, level ${level}`
      if (areAllNamed) expect(sum, name).toBe(dropped)
      else expect(sum, name).toBeLessThanOrEqual(dropped)
    }
    expect(
      [...told.keys()].filter((stream) => (streamDropped[stream] ?? 0) === 0),
      'told of streams that lost nothing',
    ).toEqual([])
  },
)

test.each(TRANSPORTS)(
  '[ACC-9] the numbers that a gap names were missing nowhere else, and were given out (%s)',
  { timeout: TIMEOUT_MS },
  async (transport) => {
    const product = await Product.open({ script: 'known-ingest', transport, debugBytes: DEBUG_BYTES, hasPage: true })
    const producers = await startProducers(product.host, null)
    await sleep(FLOOD_MS)
    await producers.stop()
    await product.rest()
    await product.thread.stop()
    const { cpus } = product.host
    const { given } = product.ledger()
    const told = toldOf(
      product.gaps.flatMap(({ slot, streams }) => streams.map((stream) => ({ slot, ...stream }))),
      cpus,
    )
    expect(told.size).toBeGreaterThan(0)
    for (const [stream, gaps] of told) {
      const overlapping = gaps.filter(({ from }, at) => at > 0 && from <= (gaps[at - 1]?.to ?? 0))
      expect(overlapping, 'numbers that were told twice').toEqual([])
      expect(
        gaps.filter(({ from, to, lost }) => lost < 1 || lost > to - from + 1),
        'more lost than there are numbers',
      ).toEqual([])
      expect(gaps.at(-1)?.to ?? 0).toBeLessThan(given[stream] ?? 0)
    }
  },
)
