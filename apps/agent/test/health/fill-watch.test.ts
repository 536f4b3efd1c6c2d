import { expect, test } from 'vitest'
import { FillWatch } from '../../src/health/fill-watch.ts'
import type { RingState } from '../../src/source/source.ts'

function state(usedBytes: number, change: Partial<RingState> = {}): RingState {
  return { capacityBytes: 4096, producer: 10_000 + usedBytes, consumer: 10_000, busy: false, fault: false, ...change }
}

test('[RNG-6] the high-water mark is the highest fill since the last message of its kind', () => {
  const watch = new FillWatch()
  for (const used of [100, 900, 300]) watch.sample(state(used), 0)
  expect([watch.takeFillHighWater(), watch.takeHealthHighWater()]).toEqual([900, 900])
  watch.sample(state(200), 1)
  expect([watch.takeFillHighWater(), watch.highWaterEverBytes]).toEqual([300, 900])
})

test('a resize begins a new epoch with a high-water mark of its own', () => {
  const watch = new FillWatch()
  watch.sample(state(900), 0)
  watch.sample(state(0), 1)
  watch.resized()
  expect([watch.ringEpoch, watch.highWaterEverBytes]).toEqual([1, 0])
})

test('[RNG-4] the reader is blocked when one record stays reserved for 50 ms', () => {
  const watch = new FillWatch()
  watch.sample(state(48, { busy: true }), 100)
  watch.sample(state(96, { busy: true }), 149)
  expect(watch.reader(false)).toBe('reading')
  watch.sample(state(96, { busy: true }), 150)
  expect(watch.reader(false)).toBe('blocked')
  watch.sample(state(96, { busy: true, consumer: 10_048 }), 151)
  expect(watch.reader(false)).toBe('reading')
})

test('[RNG-5] a ring whose positions cannot be is a fault, whatever else holds', () => {
  const watch = new FillWatch()
  watch.sample(state(0, { fault: true }), 0)
  expect(watch.reader(true)).toBe('fault')
})

test('a slot without a ring has no capacity and no fill', () => {
  const watch = new FillWatch()
  watch.sample(state(900), 0)
  watch.sample(null, 1)
  expect([watch.capacityBytes, watch.usedBytes, watch.reader(true)]).toEqual([0, 0, 'sleeping'])
})
