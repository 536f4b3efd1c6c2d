import { expect, test } from 'vitest'
import { FillWatch } from '../../src/health/fill-watch.ts'
import type { RingState } from '../../src/source/source.ts'

const HEAD = { part: 1, at: 10_000 }

function state(usedBytes: number, change: Partial<RingState> = {}): RingState {
  return {
    ...{ parts: 1, capacityBytes: 4096, fullestBytes: usedBytes, roomBytes: 4096 - usedBytes, toldLost: null },
    ...{ producer: 10_000 + usedBytes, consumer: 10_000, readable: usedBytes > 0 },
    ...{ busyHeads: [], faultyParts: 0, fault: false },
    ...change,
  }
}

/** What the slot has dropped by now. */
let dropped = 0

function sample(watch: FillWatch, now: RingState | null, nowMs: number): void {
  watch.sample(now, nowMs, () => dropped)
}

test('[RNG-6] the high-water mark is the highest fill since the last message of its kind', () => {
  const watch = new FillWatch()
  for (const used of [100, 900, 300]) sample(watch, state(used), 0)
  expect([watch.takeFillHighWater(), watch.takeHealthHighWater()]).toEqual([900, 900])
  sample(watch, state(200), 1)
  expect([watch.takeFillHighWater(), watch.highWaterEverBytes]).toEqual([300, 900])
})

test('a resize begins a new epoch with a high-water mark of its own', () => {
  const watch = new FillWatch()
  sample(watch, state(900), 0)
  sample(watch, state(0), 1)
  watch.resized()
  expect([watch.ringEpoch, watch.highWaterEverBytes]).toEqual([1, 0])
})

test('[RNG-4] the reader is blocked when one record stays reserved for 50 ms', () => {
  const watch = new FillWatch()
  sample(watch, state(48, { busyHeads: [HEAD] }), 100)
  sample(watch, state(96, { busyHeads: [HEAD] }), 149)
  expect(watch.reader(false)).toBe('reading')
  sample(watch, state(96, { busyHeads: [HEAD] }), 150)
  expect(watch.reader(false)).toBe('blocked')
  sample(watch, state(96, { consumer: 10_048, busyHeads: [{ part: 1, at: 10_048 }] }), 151)
  expect(watch.reader(false)).toBe('reading')
})

test('[RNG-5] a ring whose positions cannot be is a fault, whatever else holds', () => {
  const watch = new FillWatch()
  sample(watch, state(0, { fault: true }), 0)
  expect(watch.reader(true)).toBe('fault')
})

test('a slot without a ring has no capacity and no fill', () => {
  const watch = new FillWatch()
  sample(watch, state(900), 0)
  sample(watch, null, 1)
  expect([watch.capacityBytes, watch.usedBytes, watch.reader(true)]).toEqual([0, 0, 'sleeping'])
})

test('[RNG-6] the fill is never more than the capacity, although both buffers of a swap are in it', () => {
  const watch = new FillWatch()
  sample(watch, state(9000, { fullestBytes: 100, roomBytes: 3996 }), 0)
  expect([watch.usedBytes, watch.capacityBytes]).toEqual([4096, 4096])
  sample(watch, state(-8), 1)
  expect(watch.usedBytes).toBe(0)
})

test('[RNG-6] of a slot in parts the high-water mark is that of the fullest, as bytes of the whole', () => {
  const watch = new FillWatch()
  sample(watch, state(1000, { parts: 2, fullestBytes: 2000 }), 0)
  expect([watch.usedBytes, watch.takeHealthHighWater(), watch.parts]).toEqual([1000, 2000, 2])
})

test.each([
  [4096, null, 4080],
  [4096, 7, 4076],
  [100, null, 80],
  [16, null, 0],
  [0, null, 0],
  [2 ** 31, null, 2 ** 31 - 16],
])('[RNG-6] into %i free bytes a record fits of how many', (roomBytes, toldLost, fits) => {
  const watch = new FillWatch()
  sample(watch, state(0, { roomBytes, toldLost }), 0)
  expect(watch.largestFitBytes).toBe(fits)
})

test('[RNG-4] what is dropped while a record blocks the reader is told, with how long it does', () => {
  const watch = new FillWatch()
  const busy = state(4000, { busyHeads: [HEAD] })
  dropped = 10
  sample(watch, busy, 1000)
  sample(watch, busy, 1005)
  dropped = 40
  sample(watch, busy, 1100)
  expect([watch.block.blockedMs, watch.block.droppedBlocked(dropped)]).toEqual([100, 30])
  dropped = 60
  sample(watch, state(48, { consumer: 14_000 }), 1140)
  expect([watch.block.blockedMs, watch.block.droppedBlocked(90)]).toEqual([0, 50])
  expect([watch.block.isBusy, watch.block.isStuck]).toEqual([false, false])
})

test('[RNG-4] a head that is being written blocks nobody: drops are not asked for', () => {
  const watch = new FillWatch()
  const never = () => {
    throw new Error('not to be asked for')
  }
  watch.sample(state(48, { busyHeads: [HEAD] }), 0, never)
  watch.sample(state(48, { consumer: 10_048, busyHeads: [{ part: 1, at: 10_048 }] }), 100, never)
  watch.sample(state(0), 200, never)
  expect(watch.block.droppedBlocked(500)).toBe(0)
})
