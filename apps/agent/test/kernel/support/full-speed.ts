/**
 * A load that no reader keeps up with, while buffers change: main and its pool make and install them, a worker runs the
 * feed and little else, a producer on each of two CPUs runs the load generator, a timer's interrupt emits inside of
 * whatever it interrupts. What every party counted is compared: nothing may be unaccounted, twice, or out of order.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Ticker } from '@ringside/native'
import { EVENT_TYPES, type Transport } from '@ringside/protocol'
import { expect } from 'vitest'
import { type Ledger, readLedger, rowsBytes } from '../../../src/health/rows.ts'
import { LIMITS } from '../../../src/source/abi.ts'
import { KernelHost } from '../../../src/source/kernel/host.ts'
import type { BufferWish } from '../../../src/source/source.ts'
import { controlBlock } from './controls.ts'
import { type Consumed, FastReader } from './fast-reader.ts'
import { type Produced, startProducers } from './producers.ts'

const TICK_HZ = 2000
const TICK_CPU = 0
/** V8 compiles the loop meanwhile; the buffer that the run begins with has room for it. */
const WARM_UP_MS = 500

export interface FullSpeedPlan {
  transport: Transport
  /** Where load and ticks go at first. */
  slot: number
  wish: BufferWish
  /** Slots that are read. */
  slots: readonly number[]
  /** What is changed meanwhile. */
  change: (host: KernelHost, reader: FastReader) => Promise<void>
  /** Records of all producers together; null: as many as they can. */
  perSecond?: number
}

export interface FullSpeedResult extends Produced {
  cpus: number
  slots: readonly number[]
  ledger: Ledger
  read: Consumed
}

export async function runAtFullSpeed(plan: FullSpeedPlan): Promise<FullSpeedResult> {
  const { transport, slot, slots } = plan
  const host = await KernelHost.open({
    transport,
    buffers: Array.from({ length: LIMITS.slots }, (_, at) => (at === slot ? plan.wish : null)),
    control: () => controlBlock({ types: { load: slot, tick: slot } }),
    attach: ['on_tick'],
  })
  const ticker = new Ticker(TICK_HZ, TICK_CPU)
  try {
    const reader = await FastReader.start(host, slots)
    const producers = await startProducers(host, plan.perSecond ?? null)
    await sleep(WARM_UP_MS)
    await plan.change(host, reader)
    const produced = await producers.stop()
    host.object.detach('on_tick')
    await host.settle()
    const read = await reader.stop()
    const rows = new Uint8Array(rowsBytes(host.cpus))
    host.object.map('rows').read(0, rows)
    return { ...produced, cpus: host.cpus, slots, ledger: readLedger(rows, host.cpus), read }
  } finally {
    ticker.close()
    await host.close()
  }
}

/** Nothing is lost that was not counted as dropped, nothing comes twice, and no stream is out of order. */
export function expectBalanced({ ledger, read, slots, made, cpus }: FullSpeedResult): void {
  const { load, tick } = EVENT_TYPES
  expect(sumOf(ledger.fates.seen, load), 'generated = seen').toBe(made)
  const unaccounted = [load, tick].map(
    (type) => sumOf(ledger.fates.seen, type) - sumOf(ledger.dropped, type) - sumOf(read.consumed, type),
  )
  expect(unaccounted, 'seen − dropped − consumed, of load and of tick').toEqual([0, 0])
  expect(total(read.duplicates), 'duplicates').toBe(0)
  expect(total(read.inversions), 'inversions within a stream').toBe(0)
  expect(total(read.malformed), 'malformed').toBe(0)
  const streams = ledger.given.map(
    (given, stream) => given - (read.last[stream] as number) + (read.gaps[stream] as number),
  )
  const differences = streams.map((lost, stream) => lost - (ledger.streamDropped[stream] as number))
  expect(
    differences.filter((difference) => difference !== 0),
    `gaps + tail ≠ dropped, on ${cpus} CPUs`,
  ).toHaveLength(0)
  expect(read.left, 'left in the buffers').toEqual(slots.map(() => 0))
}

export function droppedIn({ ledger }: FullSpeedResult): number {
  return total(ledger.dropped)
}

export function report(title: string, result: FullSpeedResult, swapMs: readonly number[]): void {
  const sorted = swapMs.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)
  const rate = Math.round(result.perSecond).toLocaleString('en')
  console.info(
    `${title}: ${result.made} records at ${rate}/s, ${droppedIn(result)} dropped, swap ms p50 ${at(0.5)} p99 ${at(0.99)}`,
  )
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Of one type, over all slots. */
function sumOf(table: Float64Array, type: number): number {
  return total(table.filter((_, cell) => cell % LIMITS.types === type))
}
