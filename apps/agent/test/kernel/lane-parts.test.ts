/** The rule of a swap where a buffer has a part for each CPU, on rings that are drawn instead of made. */
import { describe, expect, test } from 'vitest'
import { CAPACITY, DrawnPerf, DrawnRing, drawnLane } from './support/drawn.ts'

describe('[D15] a buffer by CPU', () => {
  /** Ring 0 is the slot's single one, 1 and 2 are those of two CPUs. */
  function byCpu(inSlot: readonly number[]) {
    const rings = [new DrawnRing(), new DrawnRing(), new DrawnRing()]
    const [single, cpu0, cpu1] = rings as [DrawnRing, DrawnRing, DrawnRing]
    return { ...drawnLane(rings, inSlot), single, cpu0, cpu1 }
  }
  const SINGLE = { handle: 8, parts: [0] }
  const BY_CPU = { handle: 9, parts: [1, 2] }

  test('is read part by part, up to where each stood', () => {
    const { lane, cpu0, cpu1, read } = byCpu([1, 2])
    cpu0.records = 'ab'
    cpu1.records = 'XY'
    lane.note()
    cpu0.records += 'c'
    cpu1.records += 'Z'
    expect(read()).toBe('abXY')
    lane.note()
    expect(read()).toBe('cZ')
  })

  test('after a swap from one ring is read when that ring is empty', () => {
    const { lane, single, cpu0, cpu1, pass } = byCpu([0])
    lane.adopt(BY_CPU)
    single.records = 'ab!'
    cpu0.records = 'C'
    cpu1.records = 'D'
    expect(pass()).toBe('ab')
    single.records = 'abc'
    expect(pass()).toBe('cCD')
  })

  test('holds back the one ring that follows it while any of its parts has something left', () => {
    const { lane, single, cpu0, cpu1, pass } = byCpu([1, 2])
    lane.adopt(SINGLE)
    cpu0.records = 'a'
    cpu1.records = 'X!'
    single.records = 'S'
    expect(pass()).toBe('aX')
    cpu1.records = 'XY'
    expect(pass()).toBe('YS')
  })

  test('[RNG-4] has a busy part without keeping the others waiting', () => {
    const { cpu0, cpu1, pass } = byCpu([1, 2])
    cpu0.records = '!'
    cpu1.records = 'XY'
    expect(pass()).toBe('XY')
  })

  test('[RNG-5] has a faulty part without keeping the others waiting', () => {
    const { cpu0, cpu1, pass } = byCpu([1, 2])
    cpu0.records = 'ab'
    cpu0.fault = true
    cpu1.records = 'XY'
    expect(pass()).toBe('XY')
  })

  test('gives each part its turn when one of them fills every chunk', () => {
    const { lane, cpu0, cpu1 } = byCpu([1, 2])
    cpu0.records = 'a'.repeat(2000)
    cpu1.records = 'X'.repeat(2000)
    lane.note()
    const chunk = new Uint8Array(1000)
    const turns = [1, 2, 3, 4].map(() => {
      lane.read(chunk)
      return String.fromCharCode(chunk[0] as number)
    })
    expect(turns).toEqual(['a', 'X', 'a', 'X'])
  })

  test('is let go when every part is empty', () => {
    const { lane, cpu0, cpu1, pass } = byCpu([1, 2])
    lane.adopt(SINGLE)
    lane.swapped()
    cpu1.records = '!'
    pass()
    expect(lane.retire()).toEqual([])
    cpu1.records = 'X'
    pass()
    expect(lane.retire()).toEqual([1])
    expect([cpu0.isOpen, cpu1.isOpen]).toEqual([false, false])
  })

  test('with a part that cannot be opened is not adopted, and leaves none open', () => {
    const { lane, cpu0, single, pass } = byCpu([0])
    expect(() => lane.adopt({ handle: 9, parts: [1, 7] })).toThrow('no part 7')
    expect(cpu0.isOpen).toBe(false)
    single.records = 'a'
    expect(pass()).toBe('a')
  })

  test('[RNG-6] is as full as its fullest part', () => {
    const { lane, cpu0, cpu1 } = byCpu([1, 2])
    cpu0.records = 'a'.repeat(10)
    cpu1.records = 'X'.repeat(30)
    expect(lane.state()).toMatchObject({
      parts: 2,
      capacityBytes: 2 * CAPACITY,
      producer: 40,
      fullestBytes: 60,
      roomBytes: CAPACITY - 10,
    })
  })
})

test('[ACC-6] adds up what perf buffers told to be lost, over swaps too', () => {
  const perf = [new DrawnPerf(), new DrawnPerf(), new DrawnPerf()]
  const [cpu0, cpu1, next] = perf as [DrawnPerf, DrawnPerf, DrawnPerf]
  const { lane, pass } = drawnLane(perf, [0, 1])
  cpu0.told = 3
  cpu1.told = 4
  expect(lane.state()?.toldLost).toBe(7)
  lane.adopt({ handle: 2, parts: [2] })
  lane.swapped()
  pass()
  expect(lane.retire()).toEqual([1])
  next.told = 5
  expect(lane.state()?.toldLost).toBe(12)
})
