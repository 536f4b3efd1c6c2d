/** The rule of a swap, on buffers that are drawn instead of made: a letter is a record, its case tells the buffer. */
import { describe, expect, test } from 'vitest'
import { Lane, type LaneReader } from '../../src/source/kernel/lane.ts'

const CAPACITY = 2048

/** A ring of one-byte records; `!` is a record that is reserved and not committed. */
class DrawnRing implements LaneReader {
  readonly capacityBytes = CAPACITY
  records = ''
  fault = false
  isOpen = true
  #consumer = 0

  consume(into: Uint8Array, until = this.records.length): number {
    if (this.fault) return 0
    let taken = 0
    while (this.#consumer < until && taken < into.length && this.records[this.#consumer] !== '!') {
      into[taken] = this.records.charCodeAt(this.#consumer)
      this.#consumer += 1
      taken += 1
    }
    return taken
  }

  producer = () => this.records.length
  consumer = () => this.#consumer
  busy = () => this.records[this.#consumer] === '!'
}

/** A perf buffer, which also tells what it lost. */
class DrawnPerf extends DrawnRing {
  told = 0
  lost = () => this.told
}

function drawnLane<R extends DrawnRing>(rings: readonly R[], inSlot: readonly number[]) {
  const pool = {
    open: (part: number) => {
      const ring = rings[part]
      if (!ring) throw new Error(`no part ${part}`)
      return ring
    },
    letGo: (ring: R) => {
      ring.isOpen = false
    },
  }
  const lane = new Lane(pool, inSlot.length === 0 ? null : { handle: 1, parts: inSlot })
  const read = (chunkBytes = CAPACITY) => {
    const chunk = new Uint8Array(chunkBytes)
    let text = ''
    for (let bytes = lane.read(chunk); bytes > 0; bytes = lane.read(chunk)) {
      text += String.fromCharCode(...chunk.subarray(0, bytes))
    }
    return text
  }
  const pass = () => {
    lane.note()
    return read()
  }
  return { lane, read, pass }
}

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
      busy: false,
      fault: false,
    })
  })

  test('tells of a busy head and of a fault', () => {
    const { lane, first } = drawn()
    first.records = '!'
    expect(lane.state()).toMatchObject({ busy: true, fault: false })
    first.fault = true
    expect(lane.state()).toMatchObject({ fault: true })
  })

  test('[ACC-6] adds up what perf buffers told to be lost, over swaps too', () => {
    const perf = [new DrawnPerf(), new DrawnPerf(), new DrawnPerf()]
    const [cpu0, cpu1, next] = perf as [DrawnPerf, DrawnPerf, DrawnPerf]
    const { lane, pass } = drawnLane(perf, [0, 1])
    cpu0.told = 3
    cpu1.told = 4
    expect(lane.state()?.toldLost).toBe(7)
    lane.adopt(SECOND)
    lane.swapped()
    pass()
    expect(lane.retire()).toEqual([1])
    next.told = 5
    expect(lane.state()?.toldLost).toBe(12)
  })
})

test('closing lets go of all rings', () => {
  const { lane, first, second } = drawn()
  lane.adopt(SECOND)
  lane.close()
  expect([first.isOpen, second.isOpen]).toEqual([false, false])
  expect(lane.state()).toBeNull()
})
