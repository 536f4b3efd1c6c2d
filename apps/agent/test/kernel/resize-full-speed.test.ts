/** Live resize against the real kernel, under a load that no reader keeps up with: the ledger of every stream. */
import { expect, test } from 'vitest'
import { streamOf } from '../../src/ingest/sequence.ts'
import { ABI, LIMITS } from '../../src/source/abi.ts'
import { LOAD, type ResizeResult, runResizes, SLOT, TICK } from './resize-full-speed-run.ts'
import { randomSizes } from './support/sizes.ts'

const RESIZES = 50
const TIMEOUT_MS = 180_000

/** The rows' counters of the slot under test. */
class Ledger {
  readonly #view: DataView
  readonly #cpus: number

  constructor({ rows, cpus }: ResizeResult) {
    this.#view = new DataView(rows.buffer)
    this.#cpus = cpus
  }

  /** Every (CPU, level) that has numbers, with its stream's index. */
  *streams(): Generator<{ stream: number; given: number; dropped: number }> {
    for (let cpu = 0; cpu < this.#cpus; cpu += 1) {
      for (let level = 0; level < LIMITS.levels; level += 1) {
        const row = (cpu * LIMITS.rows + level) * ABI.structs.rs_row.bytes
        const given = Number(this.#view.getBigUint64(row + SLOT * 8, true))
        const dropped = this.#droppedIn(row, LOAD) + this.#droppedIn(row, TICK)
        yield { stream: streamOf(this.#cpus, SLOT, cpu, level), given, dropped }
      }
    }
  }

  sum(fate: keyof typeof ABI.structs.rs_fates.members, type: number): number {
    let sum = 0
    for (let row = 0; row < this.#cpus * LIMITS.rows; row += 1) {
      sum += this.#fate(row * ABI.structs.rs_row.bytes, fate, type)
    }
    return sum
  }

  dropped(type: number): number {
    return DROPS.reduce((sum, fate) => sum + this.sum(fate, type), 0)
  }

  #droppedIn(row: number, type: number): number {
    return DROPS.reduce((sum, fate) => sum + this.#fate(row, fate, type), 0)
  }

  #fate(row: number, fate: keyof typeof ABI.structs.rs_fates.members, type: number): number {
    const { rs_row, rs_fates } = ABI.structs
    const at = row + rs_row.members.fates + (SLOT * LIMITS.types + type) * rs_fates.bytes
    return Number(this.#view.getBigUint64(at + rs_fates.members[fate], true))
  }
}

const DROPS = ['dropped_full', 'dropped_oversize', 'dropped_no_reader', 'dropped_other'] as const

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Nothing is lost that was not counted as dropped, nothing comes twice, and no stream is out of order. */
function expectBalanced(result: ResizeResult): Ledger {
  const ledger = new Ledger(result)
  const { ingest } = result
  const unaccounted = [LOAD, TICK].map(
    (type) => ledger.sum('seen', type) - ledger.dropped(type) - (ingest.consumed[SLOT * LIMITS.types + type] as number),
  )
  const streams = [...ledger.streams()].map(({ stream, given, dropped }) => {
    const tail = given - (ingest.last[stream] as number)
    return { stream, difference: (ingest.gaps[stream] as number) + tail - dropped }
  })
  expect(ledger.sum('seen', LOAD), 'generated = seen').toBe(result.made)
  expect(unaccounted, 'seen − dropped − consumed, of load and of tick').toEqual([0, 0])
  expect(total(ingest.duplicates), 'duplicates').toBe(0)
  expect(total(ingest.inversions), 'inversions within a stream').toBe(0)
  expect(total(ingest.malformed), 'malformed').toBe(0)
  expect(
    streams.filter(({ difference }) => difference !== 0),
    'gaps + tail ≠ dropped',
  ).toEqual([])
  expect(ingest.state.producer - ingest.state.consumer, 'left in the buffer').toBe(0)
  return ledger
}

function report(title: string, { swapMs, made, perSecond }: ResizeResult, dropped: number): void {
  const sorted = swapMs.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)
  const load = `${made} records at ${Math.round(perSecond).toLocaleString('en')}/s, ${dropped} dropped`
  console.info(`${title}: ${load}, swap ms p50 ${at(0.5)} p99 ${at(0.99)}`)
}

test('[D5] [L6] 50 resizes of 4 KiB to 64 MiB at full speed leave nothing unaccounted, twice or out of order', {
  timeout: TIMEOUT_MS,
}, async () => {
  const sizes = randomSizes(RESIZES, 12, 26)
  const result = await runResizes({ sizes, pauseMs: 20 })
  const ledger = expectBalanced(result)
  report('full speed', result, ledger.dropped(LOAD) + ledger.dropped(TICK))
})
