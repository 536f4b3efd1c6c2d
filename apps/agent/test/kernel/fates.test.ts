/** Fates that no ordinary load brings about, made on the real kernel one by one: each has its counter, and only that. */
import { EVENT_TYPES } from '@ringside/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { FATE_NAMES, type FateName, type Ledger, readLedger, rowsBytes } from '../../src/health/rows.ts'
import { lawsAtRest } from '../../src/health/self-test.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { ABI, LIMITS, ringBytes } from '../../src/source/abi.ts'
import { KernelFeed } from '../../src/source/kernel/feed.ts'
import { KernelHost } from '../../src/source/kernel/host.ts'

const SLOT = 1
const CELL = SLOT * LIMITS.types + EVENT_TYPES.load
const RING_BYTES = 64 * 1024
const RECORD = ringBytes(ABI.structs.rs_load.bytes)
const { rs_control, rs_type_control, rs_slot_control } = ABI.structs

interface Policy {
  backpressure: number
  shed_above: number
  shed_below: number
}

const NO_POLICY: Policy = { backpressure: 0, shed_above: 0, shed_below: 0 }

/** A host on which the load generator's events go to a slot, and what reads that slot. */
class Stage {
  readonly host: KernelHost
  readonly #feed: KernelFeed
  readonly #scanner: Scanner

  private constructor(host: KernelHost) {
    const descriptor = host.feed()
    if (descriptor.kind !== 'kernel') throw new Error('not the kernel')
    this.host = host
    this.#feed = new KernelFeed(descriptor)
    this.#scanner = new Scanner(host.cpus)
  }

  static async open(capacityBytes: number | null, policy = NO_POLICY): Promise<Stage> {
    const control = () => controlBlock(policy)
    return new Stage(await KernelHost.open({ capacities: [null, capacityBytes], control, attach: [] }))
  }

  generate(count: number): void {
    this.host.object.testRun('generate', new Uint8Array(BigUint64Array.of(BigInt(count), 0n, 0n).buffer))
  }

  /** Takes this many records out of the ring, or as many as there are. */
  take(count = RING_BYTES / RECORD): void {
    const chunk = new Uint8Array(count * RECORD)
    this.#feed.beginPass()
    const bytes = this.#feed.read(SLOT, chunk)
    this.#scanner.scan(new Uint32Array(chunk.buffer), bytes, SLOT)
  }

  /** As if so many programs were inside emit on every CPU. */
  setDepth(level: number): void {
    const perCpu = new Uint8Array(this.host.cpus * 64)
    for (let cpu = 0; cpu < this.host.cpus; cpu += 1) perCpu[cpu * 64] = level
    this.host.object.map('depth').update(new Uint8Array(4), perCpu)
  }

  ledger(): Ledger {
    const rows = new Uint8Array(rowsBytes(this.host.cpus))
    this.#feed.rows(rows)
    return readLedger(rows, this.host.cpus)
  }

  /** Fates of the generator's events that are not 0; after the last of them is taken every law is exact. */
  fates(): Partial<Record<FateName, number>> {
    this.take()
    const ledger = this.ledger()
    const laws = lawsAtRest(ledger, this.#scanner, SLOT)
    expect(laws.filter(({ difference }) => difference !== 0).map(({ text }) => text)).toEqual([])
    return countsOf(ledger)
  }

  async close(): Promise<void> {
    this.#feed.close()
    await this.host.close()
  }
}

function controlBlock(policy: Policy): Uint8Array {
  const block = new Uint8Array(rs_control.bytes)
  const view = new DataView(block.buffer)
  block.set([1, SLOT], rs_control.members.type + EVENT_TYPES.load * rs_type_control.bytes)
  const at = rs_control.members.slot + SLOT * rs_slot_control.bytes
  for (const name of ['backpressure', 'shed_above', 'shed_below'] as const) {
    view.setUint32(at + rs_slot_control.members[name], policy[name], true)
  }
  return block.fill(0xff, rs_control.members.rate)
}

function countsOf(ledger: Ledger): Partial<Record<FateName, number>> {
  const counts = FATE_NAMES.map((name) => [name, ledger.fates[name][CELL] as number] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

let stage: Stage
afterEach(() => stage.close())

test('[L1 L6] nested deeper than there are levels: dropped for another reason, without a number', async () => {
  stage = await Stage.open(RING_BYTES)
  stage.setDepth(LIMITS.levels)
  stage.generate(5)
  expect(countsOf(stage.ledger())).toEqual({ seen: 5, dropped_other: 5 })
  expect(stage.ledger().given.every((number) => number === 0)).toBe(true)
  stage.setDepth(0)
  stage.generate(3)
  expect(stage.fates()).toEqual({ seen: 8, dropped_other: 5, submitted: 3 })
})

test('[L1 L6] nested as deep as there are levels: submitted', async () => {
  stage = await Stage.open(RING_BYTES)
  stage.setDepth(LIMITS.levels - 1)
  stage.generate(5)
  expect(stage.fates()).toEqual({ seen: 5, submitted: 5 })
})

test('[L1 L6] a slot without a buffer: dropped for want of a reader, and each takes a number', async () => {
  stage = await Stage.open(null)
  stage.generate(5)
  expect(stage.fates()).toEqual({ seen: 5, dropped_no_reader: 5 })
  expect(stage.ledger().given.reduce((sum, number) => sum + number, 0)).toBe(5)
})

describe('[L1] backpressure', () => {
  const POLICY: Policy = { backpressure: 1, shed_above: 10 * RECORD, shed_below: 4 * RECORD }

  test('sheds from the upper mark on, and until the fill is below the lower one', async () => {
    stage = await Stage.open(RING_BYTES, POLICY)
    stage.generate(15)
    expect(countsOf(stage.ledger()), 'full up to the upper mark').toEqual({ seen: 15, submitted: 10, shed: 5 })
    stage.take(6)
    stage.generate(1)
    expect(countsOf(stage.ledger()), 'at the lower mark').toEqual({ seen: 16, submitted: 10, shed: 6 })
    stage.take(1)
    stage.generate(9)
    expect(countsOf(stage.ledger()), 'below it').toEqual({ seen: 25, submitted: 17, shed: 8 })
    expect(stage.fates()).toEqual({ seen: 25, submitted: 17, shed: 8 })
  })

  test('sheds always where the upper mark is 0', async () => {
    stage = await Stage.open(RING_BYTES, { backpressure: 1, shed_above: 0, shed_below: 0 })
    stage.generate(5)
    expect(stage.fates()).toEqual({ seen: 5, shed: 5 })
  })

  test('sheds nothing while it is off, and a shed event takes no number', async () => {
    stage = await Stage.open(RING_BYTES, { ...POLICY, backpressure: 0 })
    stage.generate(15)
    expect(stage.fates()).toEqual({ seen: 15, submitted: 15 })
    await stage.close()
    stage = await Stage.open(RING_BYTES, POLICY)
    stage.generate(15)
    expect(stage.ledger().given.reduce((sum, number) => sum + number, 0)).toBe(10)
  })
})

test('[L1] dropped as oversize cannot occur: the smallest ring holds the largest record', async () => {
  stage = await Stage.open(4096)
  expect(ringBytes(LIMITS.scratchBytes)).toBeLessThanOrEqual(4096 - 8)
  const largest = BigInt(LIMITS.scratchBytes - ABI.structs.rs_load.bytes)
  stage.host.object.testRun('generate', new Uint8Array(BigUint64Array.of(1n, largest, 0n).buffer))
  expect(countsOf(stage.ledger())).toEqual({ seen: 1, submitted: 1 })
})
