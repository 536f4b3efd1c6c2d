/** Fates that no ordinary load brings about, made on the real kernel one by one: each has its counter, and only that. */
import { pinThread } from '@ringside/native'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LIMITS, ringBytes } from '../../src/source/abi.ts'
import { buffersOf, loadBytes } from './support/controls.ts'
import { Stage } from './support/stage.ts'

const SLOT = 1
const RING_BYTES = 64 * 1024
const PAGE = 4096
const RECORD = ringBytes(loadBytes())
/** Of the padding that makes a record as large as it may be. */
const PAD_MAX = LIMITS.scratchBytes - loadBytes()
/** A perf record's header and the size of its data, which are rounded up together (perf_event_open(2), PERF_SAMPLE_RAW). */
const PERF_RECORD = 8 + ((4 + loadBytes() + 7) & ~7)

interface Policy {
  backpressure: number
  shed_above: number
  shed_below: number
}

const NO_POLICY: Policy = { backpressure: 0, shed_above: 0, shed_below: 0 }

function openStage(
  capacityBytes: number | null,
  { policy = NO_POLICY, transport = 'ring' }: { policy?: Policy; transport?: 'ring' | 'perf' } = {},
): Promise<Stage> {
  const control = { types: { load: SLOT }, policies: { [SLOT]: policy } }
  return Stage.open({ transport, buffers: buffersOf({ [SLOT]: capacityBytes }), control })
}

/** A perf buffer is of one CPU: what is generated is to stand in the same one. */
beforeEach(() => pinThread(0))
afterEach(() => pinThread(null))

/** As if so many programs were inside emit on every CPU. */
function setDepth({ host }: Stage, level: number): void {
  const map = host.object.map('depth')
  const perCpu = new Uint8Array(map.valueBytes)
  for (let cpu = 0; cpu < host.cpus; cpu += 1) perCpu[(cpu * perCpu.length) / host.cpus] = level
  map.update(new Uint8Array(4), perCpu)
}

function given(stage: Stage): number {
  return stage.ledger().given.reduce((sum, number) => sum + number, 0)
}

/** After the last record is taken every law is exact. */
function expectExact(stage: Stage): void {
  stage.pass()
  expect(stage.violations()).toEqual([])
}

test('[L1 L6] nested deeper than there are levels: dropped for another reason, without a number', async () => {
  const stage = await openStage(RING_BYTES)
  setDepth(stage, LIMITS.levels)
  stage.generate(5)
  expect(stage.fates(SLOT)).toEqual({ seen: 5, dropped_other: 5 })
  expect(given(stage)).toBe(0)
  setDepth(stage, 0)
  stage.generate(3)
  expect(stage.fates(SLOT)).toEqual({ seen: 8, dropped_other: 5, submitted: 3 })
  expectExact(stage)
})

test('[L1 L6] nested as deep as there are levels: submitted', async () => {
  const stage = await openStage(RING_BYTES)
  setDepth(stage, LIMITS.levels - 1)
  stage.generate(5)
  expect(stage.fates(SLOT)).toEqual({ seen: 5, submitted: 5 })
  expectExact(stage)
})

describe.each(['ring', 'perf'] as const)('[ACC-8] why an output failed (%s)', (transport) => {
  test('[L1 L6] a slot without a buffer: for want of a reader, and each takes a number', async () => {
    const stage = await openStage(null, { transport })
    stage.generate(5)
    expect(stage.fates(SLOT)).toEqual({ seen: 5, dropped_no_reader: 5 })
    expect(given(stage)).toBe(5)
    expectExact(stage)
  })

  test('[L1 L6] a buffer that has no room left: full, and nothing else', async () => {
    const stage = await openStage(PAGE, { transport })
    stage.generate(400)
    const { seen, submitted = 0, dropped_full = 0, ...others } = stage.fates(SLOT)
    expect(others).toEqual({})
    expect([seen, submitted + dropped_full]).toEqual([400, 400])
    const most = transport === 'ring' ? Math.floor((PAGE - 8) / RECORD) : Math.floor((PAGE - 1) / PERF_RECORD)
    expect(submitted, 'as many as there is room for').toBe(most)
    expectExact(stage)
  })

  test('[RSZ-1] oversize cannot occur: the smallest buffer holds the largest record', async () => {
    const stage = await openStage(PAGE, { transport })
    stage.generate(1, { padBytes: PAD_MAX })
    expect(stage.fates(SLOT)).toEqual({ seen: 1, submitted: 1 })
    expectExact(stage)
  })
})

describe('[L1] backpressure', () => {
  const POLICY: Policy = { backpressure: 1, shed_above: 10 * RECORD, shed_below: 4 * RECORD }

  test('sheds from the upper mark on, and until the fill is below the lower one', async () => {
    const stage = await openStage(RING_BYTES, { policy: POLICY })
    stage.generate(15)
    expect(stage.fates(SLOT), 'full up to the upper mark').toEqual({ seen: 15, submitted: 10, shed: 5 })
    stage.take(SLOT, 6 * RECORD)
    stage.generate(1)
    expect(stage.fates(SLOT), 'at the lower mark').toEqual({ seen: 16, submitted: 10, shed: 6 })
    stage.take(SLOT, RECORD)
    stage.generate(9)
    expect(stage.fates(SLOT), 'below it').toEqual({ seen: 25, submitted: 17, shed: 8 })
    expectExact(stage)
  })

  test('sheds always where the upper mark is 0', async () => {
    const stage = await openStage(RING_BYTES, { policy: { backpressure: 1, shed_above: 0, shed_below: 0 } })
    stage.generate(5)
    expect(stage.fates(SLOT)).toEqual({ seen: 5, shed: 5 })
    expectExact(stage)
  })

  test('sheds nothing while it is off, and a shed event takes no number', async () => {
    const off = await openStage(RING_BYTES, { policy: { ...POLICY, backpressure: 0 } })
    off.generate(15)
    expect(off.fates(SLOT)).toEqual({ seen: 15, submitted: 15 })
    const on = await openStage(RING_BYTES, { policy: POLICY })
    on.generate(15)
    expect(given(on)).toBe(10)
  })

  test('over perf buffers goes by what the reader sees at each look, and with the same hysteresis', async () => {
    const policy = { backpressure: 1, shed_above: 10 * PERF_RECORD, shed_below: 4 * PERF_RECORD }
    const stage = await openStage(2 * RING_BYTES, { policy, transport: 'perf' })
    stage.generate(10)
    stage.feed.beginPass()
    stage.generate(5)
    expect(stage.fates(SLOT), 'seen at the upper mark').toEqual({ seen: 15, submitted: 10, shed: 5 })
    stage.take(SLOT, 6 * RECORD + 8)
    stage.feed.beginPass()
    stage.generate(1)
    expect(stage.fates(SLOT), 'at the lower mark').toEqual({ seen: 16, submitted: 10, shed: 6 })
    stage.pass()
    stage.feed.beginPass()
    stage.generate(9)
    expect(stage.fates(SLOT), 'below it').toEqual({ seen: 25, submitted: 19, shed: 6 })
    expectExact(stage)
  })
})
