import { expect, test } from 'vitest'
import { HoldBack, SETTLE_NS } from '../../src/ingest/hold-back.ts'
import { Pace } from '../../src/ingest/pace.ts'
import { Readers } from '../../src/ingest/readers.ts'
import { CHUNK_RECORDS, Records } from '../../src/ingest/records.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { Sequence } from '../../src/ingest/sequence.ts'
import { ringBytes, SMALLEST_RECORD_BYTES } from '../../src/source/abi.ts'
import type { RingState, SourceFeed } from '../../src/source/source.ts'

const TICK_BYTES = ringBytes(SMALLEST_RECORD_BYTES)
const CRITICAL = 0
const NORMAL = 1
const HOT = 7

const BUSY: Partial<RingState> = { readable: false, busyHeads: [{ part: 1, at: 0 }] }

interface Slot {
  /** Bytes that are there to be read. */
  bytes: number
  state: Partial<RingState> | null
  fails: 'read' | 'state' | null
}

/** A feed of slots that hold so many bytes of the smallest records, and what a pass did with it. */
class Fake {
  readonly slots = new Map<number, Slot>()
  /** Slots in the order in which they were read from, and how many bytes. */
  readonly reads: { slot: number; bytes: number }[] = []
  readonly failures: string[] = []
  readonly readers: Readers
  /** ns that one byte takes to be taken in. */
  nsPerByte = 0
  #nowNs = 0

  constructor(...slots: [number, Partial<Slot>][]) {
    for (const [slot, given] of slots) this.slots.set(slot, { bytes: 0, state: {}, fails: null, ...given })
    const feed: SourceFeed = {
      ...{ cpus: 1, wait: () => {}, setAsleep: () => {}, beginPass: () => {}, rows: () => {}, adopt: () => {} },
      ...{ swapped: () => {}, abandoned: () => {}, removed: () => {}, retired: () => [], close: () => {} },
      read: (slot, chunk) => this.#read(slot, chunk),
      state: (slot) => this.#state(slot),
    }
    const tools = {
      ...{ feed, records: new Records(new Scanner(1).at), nowNs: () => this.#nowNs },
      take: (bytes: number) => {
        this.#nowNs += bytes * this.nsPerByte
      },
      failed: (slot: number, thrown: unknown) => this.failures.push(`${slot} ${String(thrown)}`),
    }
    this.readers = new Readers(tools, 0)
  }

  pass(all = false): void {
    this.reads.length = 0
    this.readers.pass(this.#nowNs, new Pace(16_000), all, () => 0)
  }

  bytesOf(slot: number): number {
    return this.reads.reduce((sum, read) => sum + (read.slot === slot ? read.bytes : 0), 0)
  }

  #read(slot: number, chunk: Uint8Array): number {
    const found = this.slots.get(slot)
    if (found?.fails === 'read') throw new Error('the reader is closed')
    const bytes = Math.min(found?.bytes ?? 0, Math.floor(chunk.length / TICK_BYTES) * TICK_BYTES)
    if (found === undefined || bytes === 0) return 0
    found.bytes -= bytes
    this.reads.push({ slot, bytes })
    return bytes
  }

  #state(slot: number): RingState | null {
    const found = this.slots.get(slot)
    if (found?.fails === 'state') throw new Error('no such ring')
    if (found === undefined || found.state === null) return null
    return {
      ...{ parts: 1, capacityBytes: 1 << 20, fullestBytes: found.bytes, roomBytes: 1 << 20, toldLost: null },
      ...{ producer: found.bytes, consumer: 0, readable: found.bytes > 0 },
      ...{ busyHeads: [], faultyParts: 0, fault: false },
      ...found.state,
    }
  }
}

test('[RNG-2][RNG-9] a pass takes at most 4,096 records of one slot, and the critical one is read first', () => {
  const fake = new Fake([HOT, { bytes: 1 << 20 }], [CRITICAL, { bytes: 480 }])
  fake.pass()
  expect(fake.reads[0]).toEqual({ slot: CRITICAL, bytes: 480 })
  expect(fake.bytesOf(HOT) / TICK_BYTES).toBeLessThanOrEqual(CHUNK_RECORDS)
  expect(fake.bytesOf(HOT) / TICK_BYTES).toBeGreaterThan(CHUNK_RECORDS / 2)
  expect(fake.readers.anyLeft).toBe(true)
})

test('[RNG-2] where records take long, turns get shorter until they last 5 ms, and longer again after that', () => {
  const fake = new Fake([HOT, { bytes: 1 << 30 }])
  fake.nsPerByte = 200
  for (let pass = 0; pass < 8; pass += 1) fake.pass()
  expect(fake.bytesOf(HOT) * fake.nsPerByte).toBeLessThanOrEqual(5e6)
  fake.nsPerByte = 1
  for (let pass = 0; pass < 8; pass += 1) fake.pass()
  expect(fake.bytesOf(HOT) / TICK_BYTES).toBeGreaterThan(CHUNK_RECORDS / 2)
})

test.each(['read', 'state'] as const)(
  'a slot whose feed throws at `%s` is a fault of its own, told once: the others go on',
  (fails) => {
    const fake = new Fake([CRITICAL, { bytes: 480 }], [NORMAL, { bytes: 480 }])
    const broken = fake.slots.get(CRITICAL) as Slot
    broken.fails = fails
    for (let pass = 0; pass < 3; pass += 1) fake.pass()
    expect(fake.failures).toHaveLength(1)
    expect(fake.readers.fills.map((fill) => fill.reader(false)).slice(0, 2)).toEqual(['fault', 'reading'])
    expect(fake.slots.get(NORMAL)?.bytes).toBe(0)
    broken.fails = null
    fake.readers.at(CRITICAL)?.renew()
    fake.pass()
    expect([fake.bytesOf(CRITICAL), fake.readers.fills[CRITICAL]?.reader(false)]).toEqual([480, 'reading'])
  },
)

test('a slot that is read in batches is read when all are, or when its producers would wake the reader', () => {
  const fake = new Fake([HOT, { bytes: 480 }], [NORMAL, { bytes: 480 }])
  fake.readers.process(Array.from({ length: 9 }, (_, slot) => (slot === HOT ? 'batch' : 'stream')))
  fake.pass()
  expect([fake.bytesOf(NORMAL), fake.bytesOf(HOT)]).toEqual([480, 0])
  fake.pass(true)
  expect(fake.bytesOf(HOT)).toBe(480)
  const hot = fake.slots.get(HOT) as Slot
  hot.bytes = (1 << 17) - 8
  fake.pass()
  expect(fake.bytesOf(HOT)).toBe(0)
  hot.bytes = 1 << 17
  fake.pass()
  expect(fake.bytesOf(HOT)).toBeGreaterThan(0)
})

test('[RNG-5] a buffer that says that it is faulty is not read', () => {
  const fake = new Fake([HOT, { bytes: 480, state: { fault: true } }])
  fake.pass()
  expect([fake.bytesOf(HOT), fake.readers.anyMore]).toEqual([0, false])
})

test('[RNG-3] what stands behind a busy head is no reason to look again at once', () => {
  const fake = new Fake([HOT, { bytes: 0, state: { ...BUSY, producer: 4096 } }], [NORMAL, {}])
  fake.pass()
  expect([fake.readers.blockedSlots, fake.readers.anyMore, fake.readers.anyLeft]).toEqual([[HOT], false, false])
})

test.each([
  ['read to its end', {}, 480, 9e6 - SETTLE_NS],
  ['left early', {}, 1 << 20, 7e6 - SETTLE_NS],
  ['with a busy head', BUSY, 480, 7e6 - SETTLE_NS],
  ['in parts, left early', { parts: 2 }, 1 << 20, Number.NEGATIVE_INFINITY],
  ['at fault', { fault: true }, 480, Number.POSITIVE_INFINITY],
] as const)('a slot is complete up to: %s', (_, state, bytes, untilNs) => {
  const fake = new Fake([HOT, { bytes, state }])
  const sequence = new Sequence(1)
  sequence.note(HOT * 4, 1, 7e6)
  fake.pass(true)
  const hold = new HoldBack(1000, 16, 9e6)
  fake.readers.settle(hold, 9e6, sequence)
  expect(hold.untilNs(9e6, 8e6)).toBe(untilNs)
})

test('a slot without a buffer is looked at again once it is about to get one', () => {
  const fake = new Fake([HOT, { bytes: 480, state: null }])
  fake.pass()
  expect(fake.bytesOf(HOT)).toBe(0)
  const hot = fake.slots.get(HOT) as Slot
  hot.state = {}
  fake.readers.at(HOT)?.renew()
  fake.pass()
  expect(fake.bytesOf(HOT)).toBe(480)
  fake.readers.at(HOT)?.remove()
  hot.state = null
  fake.pass()
  expect(fake.readers.fills[HOT]?.capacityBytes).toBe(0)
  hot.state = {}
  hot.bytes = 480
  fake.pass()
  expect(fake.bytesOf(HOT)).toBe(0)
})
