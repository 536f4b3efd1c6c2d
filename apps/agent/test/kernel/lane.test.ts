/** The rule of a swap, on buffers that are drawn instead of made: a letter is a record, its case tells the buffer. */
import { describe, expect, test } from 'vitest'
import { CAPACITY, DrawnRing, drawnLane } from './support/drawn.ts'

/** Single rings 1, 2, 3 of one slot, as buffers of these handles; the first is in it. */
function drawn(inSlot: readonly number[] = [1]) {
  const rings = [new DrawnRing(), new DrawnRing(), new DrawnRing(), new DrawnRing()]
  const [, first, second, third] = rings as [DrawnRing, DrawnRing, DrawnRing, DrawnRing]
  return { ...drawnLane(rings, inSlot), first, second, third }
}

const SECOND = { handle: 2, parts: [2] }
const THIRD = { handle: 3, parts: [3] }

describe('[D5] during a swap', () => {
  test('the old ring is emptied before the new one is read', () => {
    const { lane, first, second, pass } = drawn()
    lane.adopt(SECOND)
    first.records = 'abc'
    second.records = 'DE'
    expect(pass()).toBe('abcDE')
  })

  test('the new ring is read only up to where it stood when the pass began', () => {
    const { lane, first, second, read } = drawn()
    lane.adopt(SECOND)
    first.records = 'a'
    second.records = 'B'
    lane.note()
    first.records += 'c'
    second.records += 'D'
    expect(read()).toBe('aB')
    lane.note()
    expect(read()).toBe('cD')
  })

  test('what comes into the old ring after it was found empty is read before what followed it in the new one', () => {
    const { lane, first, second, read, pass } = drawn()
    lane.adopt(SECOND)
    lane.note()
    expect(read()).toBe('')
    first.records = 'a'
    second.records = 'B'
    expect(read()).toBe('')
    expect(pass()).toBe('aB')
  })

  test('a busy record of the old ring holds back the new one', () => {
    const { lane, first, second, pass } = drawn()
    lane.adopt(SECOND)
    first.records = 'a!c'
    second.records = 'D'
    expect(pass()).toBe('a')
    first.records = 'abc'
    expect(pass()).toBe('bcD')
  })

  test('an adopted ring is not read in the pass in which it came', () => {
    const { lane, first, second, read } = drawn()
    lane.note()
    lane.adopt(SECOND)
    first.records = 'a'
    second.records = 'B'
    expect(read()).toBe('')
  })

  test('chunks of any size give the same order', () => {
    const { lane, first, second, read } = drawn()
    lane.adopt(SECOND)
    first.records = 'abcde'
    second.records = 'FGHIJ'
    lane.note()
    expect(read(2)).toBe('abcdeFGHIJ')
  })

  test('a second swap may begin before the first has drained', () => {
    const { lane, first, second, third, pass } = drawn()
    lane.adopt(SECOND)
    lane.swapped()
    lane.adopt(THIRD)
    first.records = '!'
    second.records = 'B'
    third.records = 'c'
    expect(pass()).toBe('')
    first.records = 'a'
    expect(pass()).toBe('aBc')
  })
})

describe('[RSZ-2] the old ring is let go', () => {
  test('only when no program holds it any more, and it is empty', () => {
    const { lane, first, pass } = drawn()
    lane.adopt(SECOND)
    first.records = 'ab'
    pass()
    expect(lane.retire()).toEqual([])
    first.records += 'c'
    lane.swapped()
    expect(lane.retire()).toEqual([])
    pass()
    expect(lane.retire()).toEqual([1])
    expect(first.isOpen).toBe(false)
    expect(lane.retire()).toEqual([])
  })

  test('not while its head is busy', () => {
    const { lane, first, pass } = drawn()
    lane.adopt(SECOND)
    lane.swapped()
    first.records = '!'
    pass()
    expect(lane.retire()).toEqual([])
    first.records = 'a'
    expect(pass()).toBe('a')
    expect(lane.retire()).toEqual([1])
  })

  test('when it is faulty: the new ring takes over', () => {
    const { lane, first, second, pass } = drawn()
    first.records = 'ab'
    first.fault = true
    lane.adopt(SECOND)
    second.records = 'C'
    expect(pass()).toBe('C')
    lane.swapped()
    expect(lane.retire()).toEqual([1])
  })
})

describe('[D4] a slot that nothing is routed to any more', () => {
  test('is emptied, and then has no buffer', () => {
    const { lane, first, pass } = drawn()
    first.records = 'ab!'
    lane.removed()
    expect(pass()).toBe('ab')
    expect(lane.retire()).toEqual([])
    first.records = 'abc'
    expect(pass()).toBe('c')
    expect(lane.retire()).toEqual([1])
    expect(lane.state()).toBeNull()
  })

  test('takes a buffer again, and counts on', () => {
    const { lane, first, second, pass } = drawn()
    first.records = 'abc'
    lane.removed()
    pass()
    lane.retire()
    lane.adopt(SECOND)
    second.records = 'DE'
    expect(pass()).toBe('DE')
    expect(lane.state()).toMatchObject({ producer: 5, consumer: 5 })
  })
})

describe('[RSZ-5] a ring that never came into the slot', () => {
  test('is forgotten, and the old one goes on', () => {
    const { lane, first, second, pass } = drawn()
    lane.adopt(SECOND)
    lane.abandoned()
    expect(second.isOpen).toBe(false)
    first.records = 'a'
    expect(pass()).toBe('a')
    expect(lane.state()?.producer).toBe(1)
  })

  test('and one that was not even adopted takes nothing with it', () => {
    const { lane, first, pass } = drawn()
    lane.abandoned()
    first.records = 'a'
    expect(pass()).toBe('a')
  })
})

describe('[RNG-6] the state of a slot', () => {
  test('is null without a ring', () => {
    expect(drawn([]).lane.state()).toBeNull()
  })

  test('counts both rings of a swap, and goes on counting after it', () => {
    const { lane, first, second, pass } = drawn()
    first.records = 'abc'
    lane.adopt(SECOND)
    second.records = 'DE'
    expect(lane.state()).toMatchObject({ producer: 5, consumer: 0 })
    pass()
    lane.swapped()
    expect(lane.retire()).toEqual([1])
    expect(lane.state()).toEqual({
      parts: 1,
      capacityBytes: CAPACITY,
      fullestBytes: 0,
      roomBytes: CAPACITY,
      toldLost: null,
      producer: 5,
      consumer: 5,
      readable: false,
      busyHeads: [],
      faultyParts: 0,
      fault: false,
    })
  })

  test('tells of a busy head and of a fault', () => {
    const { lane, first } = drawn()
    first.records = '!'
    expect(lane.state()).toMatchObject({ busyHeads: [{ part: 1, at: 0 }], readable: false, fault: false })
    first.fault = true
    expect(lane.state()).toMatchObject({ busyHeads: [], faultyParts: 1, fault: true })
  })
})

test('closing lets go of all rings', () => {
  const { lane, first, second } = drawn()
  lane.adopt(SECOND)
  lane.close()
  expect([first.isOpen, second.isOpen]).toEqual([false, false])
  expect(lane.state()).toBeNull()
})
