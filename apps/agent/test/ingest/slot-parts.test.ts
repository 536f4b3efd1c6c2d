/** A slot of two parts, read as ingest reads it, of which one cannot be read. */
import { expect, test } from 'vitest'
import { Pace } from '../../src/ingest/pace.ts'
import { Readers } from '../../src/ingest/readers.ts'
import { Records } from '../../src/ingest/records.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { DrawnRing, drawnLane } from '../kernel/support/drawn.ts'

const HOT = 7

function twoParts() {
  const rings = [new DrawnRing(), new DrawnRing()] as const
  const { lane } = drawnLane(rings, [0, 1])
  let nowMs = 0
  let taken = 0
  const readers = new Readers(
    {
      feed: {
        ...{ cpus: 2, wait: () => {}, setAsleep: () => {}, rows: () => {}, adopt: () => {}, swapped: () => {} },
        ...{ abandoned: () => {}, removed: () => {}, retired: () => [], close: () => {} },
        beginPass: () => lane.note(),
        read: (slot, chunk) => (slot === HOT ? lane.read(chunk) : 0),
        state: (slot) => (slot === HOT ? lane.state() : null),
      },
      records: new Records(new Scanner(2).at),
      take: (bytes) => {
        taken += bytes
      },
      nowNs: () => nowMs * 1e6,
      failed: () => {},
    },
    0,
  )
  /** @returns records that were taken */
  const passAt = (ms: number): number => {
    nowMs = ms
    taken = 0
    readers.pass(ms * 1e6, new Pace(16_000), true, () => 0)
    return taken
  }
  const told = () => ({ reader: readers.fills[HOT]?.reader(false), faultyParts: readers.fills[HOT]?.faultyParts })
  return { lane, readers, rings, passAt, told }
}

test('[RNG-5] a faulty part is told and no longer read, and the other one is read on', () => {
  const { readers, rings, passAt, told } = twoParts()
  const [faulty, sound] = rings
  faulty.records = 'ab'
  faulty.spoilt = true
  sound.records = 'XYZ'
  expect(passAt(0)).toBe(3)
  sound.records += 'XY'
  expect(readers.anyMore).toBe(true)
  expect(passAt(1)).toBe(2)
  expect(readers.anyMore).toBe(false)
  expect(told()).toEqual({ reader: 'fault', faultyParts: 1 })
})

test('[RNG-5] a slot of which no part can be read is not read', () => {
  const { lane, rings, passAt, told } = twoParts()
  for (const ring of rings) ring.spoilt = true
  passAt(0)
  passAt(1)
  expect(lane.state()).toMatchObject({ fault: true, readable: false })
  expect(told()).toEqual({ reader: 'fault', faultyParts: 2 })
})

test('[RNG-4] a busy head of one part is told as blocked after 50 ms, whatever the other part does', () => {
  const { rings, passAt, readers, told } = twoParts()
  const [busy, other] = rings
  busy.records = '!'
  for (let ms = 0; ms < 50; ms += 10) {
    other.records += 'X'
    expect(passAt(ms)).toBe(1)
    expect(told().reader).toBe('reading')
  }
  passAt(50)
  expect(told().reader).toBe('blocked')
  expect(readers.fills[HOT]?.block.blockedMs).toBe(50)
  busy.records = 'ab!'
  passAt(60)
  expect(passAt(61)).toBe(0)
  expect(told().reader).toBe('reading')
})

test('[RNG-4] a head that is being written does not hide one that stays', () => {
  const { rings, passAt, told } = twoParts()
  const [writing, stays] = rings
  writing.records = '!'
  passAt(0)
  stays.records = '!'
  passAt(10)
  for (let ms = 20; ms <= 60; ms += 10) {
    writing.records = `${'a'.repeat(ms / 10)}!`
    passAt(ms)
  }
  expect(told().reader).toBe('blocked')
})

test('[RNG-3] what comes to the other part of one with a busy head is a reason to look again, and no more than that', () => {
  const { rings, passAt, readers } = twoParts()
  const [busy, other] = rings
  busy.records = '!abc'
  passAt(0)
  expect([readers.anyMore, readers.blockedSlots]).toEqual([false, [HOT]])
  other.records = 'X'
  expect(readers.anyMore).toBe(true)
  expect(passAt(1)).toBe(1)
  expect(readers.anyMore).toBe(false)
})
