/** What demands are told of records that several slots and CPUs make, when slots are read late or not to their end. */
import { type Batch, decodeBatch } from '@ringside/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GapCollector } from '../../src/ingest/gaps.ts'
import type { Demand, FromIngest, Publication } from '../../src/ingest/messages.ts'
import { Publisher } from '../../src/ingest/publisher.ts'
import { Records } from '../../src/ingest/records.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { SocketTable } from '../../src/ingest/sockets.ts'
import { chunkOf } from './chunk.ts'
import { EVERYTHING } from './thread.ts'

const ZERO = { hi: 0, lo: 0 }
const FLUSH_NS = 16e6
const TCP = 5
const TICK = 9

interface Made {
  slot: number
  cpu: number
  timeNs: number
  type: number
}

/** A publisher with everything before it, flush by flush. */
class Line {
  readonly messages: FromIngest[] = []
  readonly publisher: Publisher
  decoded = 0
  givesCredit = true
  readonly #scanner: Scanner
  readonly #records: Records
  readonly #sockets = new SocketTable()
  readonly #seqs = new Map<string, number>()
  #nowNs = 0

  constructor(demands: readonly Demand[] = [EVERYTHING]) {
    const gaps = new GapCollector(2)
    this.#scanner = new Scanner(2, ZERO, gaps.note)
    this.#records = new Records(this.#scanner.at)
    this.publisher = new Publisher(ZERO, 0, this.#records, gaps, (message) => {
      this.messages.push(message)
      if (message.type === 'published' && this.givesCredit) this.publisher.credit()
    })
    this.replace(demands)
  }

  replace(demands: readonly Demand[]): void {
    this.publisher.replace(demands, 1, this.#nowNs, true)
  }

  /** One chunk of one slot. */
  take(slot: number, made: readonly Made[]): void {
    const shapes = made.map(({ cpu, timeNs, type }) => ({ type, slot, cpu, timeNs, seq: this.#number(slot, cpu) }))
    const { u8, bytes } = chunkOf(shapes)
    const records = this.#records
    records.chunk.set(u8.subarray(0, bytes))
    records.slot = slot
    records.count = this.#scanner.scan(records.words, bytes, slot, records.from)
    records.complete(this.#sockets, bytes)
    this.decoded += records.count
    this.publisher.take(
      () => this.#nowNs,
      () => ({ untilNs: Number.POSITIVE_INFINITY, byTime: true }),
    )
  }

  flush(untilNs: number, byTime = true): void {
    this.#nowNs += FLUSH_NS
    this.publisher.flush(this.#nowNs, { untilNs, byTime })
    const { published, withheld, pending } = this.publisher
    expect(published + withheld + pending).toBe(this.decoded)
  }

  publications(demand: number): Publication[] {
    return this.messages
      .flatMap((message) => (message.type === 'published' ? message.publications : []))
      .filter((publication) => publication.demand === demand)
  }

  batches(demand = EVERYTHING.id): Batch[] {
    return this.publications(demand).flatMap(({ frame }) => {
      if (frame === null) return []
      const batch = decodeBatch(frame)
      if (!batch.ok) throw new Error(batch.message)
      return [batch]
    })
  }

  /** Times of all rows, in the order in which they were told. */
  times(demand = EVERYTHING.id): number[] {
    return this.batches(demand).flatMap(({ timeNs }) => [...timeNs])
  }

  #number(slot: number, cpu: number): number {
    const key = `${slot} ${cpu}`
    const number = (this.#seqs.get(key) ?? 0) + 1
    this.#seqs.set(key, number)
    return number
  }
}

const made = fc.record({
  slot: fc.nat(2),
  cpu: fc.nat(1),
  timeNs: fc.nat(1000),
  type: fc.constantFrom(TICK, TCP),
})
const slotOf = (list: readonly Made[], slot: number) => list.filter((one) => one.slot === slot)
const windowOf = fc.record({ made: fc.array(made, { maxLength: 30 }), until: fc.nat(1000) })

test('[L4] every row is told once: held ones are pending until then, and those told behind a newer one are late', () => {
  fc.assert(
    fc.property(fc.array(windowOf, { maxLength: 8 }), (windows) => {
      const line = new Line()
      for (const { made: list, until } of windows) {
        for (const slot of [0, 1, 2]) if (slotOf(list, slot).length > 0) line.take(slot, slotOf(list, slot))
        line.flush(until)
      }
      line.flush(Number.POSITIVE_INFINITY)
      const all = windows.flatMap((window) => window.made.map(({ timeNs }) => timeNs))
      const times = line.times()
      expect([...times].sort((a, b) => a - b)).toEqual([...all].sort((a, b) => a - b))
      let newest = Number.NEGATIVE_INFINITY
      let late = 0
      let lateNs = 0
      for (const time of times) {
        if (time < newest) late += 1
        lateNs = Math.max(lateNs, newest - time)
        newest = Math.max(newest, time)
      }
      expect(line.batches().reduce((sum, batch) => sum + batch.late, 0)).toBe(late)
      expect(Math.max(0, ...line.batches().map((batch) => batch.lateNs))).toBe(late === 0 ? 0 : lateNs)
      expect(line.publisher.pending).toBe(0)
    }),
  )
})

test('rows wait for a slot that is behind, and come out in order with it', () => {
  const line = new Line()
  const at = (slot: number, timeNs: number) => ({ slot, cpu: 0, timeNs, type: TICK })
  line.take(0, [at(0, 100), at(0, 300), at(0, 500)])
  line.flush(200)
  expect([line.times(), line.publisher.pending]).toEqual([[100], 2])
  line.take(1, [at(1, 250), at(1, 400)])
  line.flush(450)
  line.flush(Number.POSITIVE_INFINITY)
  expect(line.times()).toEqual([100, 250, 300, 400, 500])
  expect(line.batches().map(({ late }) => late)).toEqual([0, 0, 0])
})

test('in the order of CPUs rows are told as they were read, and none is held', () => {
  const line = new Line()
  const times = [500, 100, 300]
  line.take(
    0,
    times.map((timeNs) => ({ slot: 0, cpu: 0, timeNs, type: TICK })),
  )
  line.flush(Number.POSITIVE_INFINITY, false)
  expect(line.times()).toEqual(times)
  expect(line.batches()).toMatchObject([{ late: 2, lateNs: 400 }])
})

test('[L4] matched = rows + thinned for each demand, although some of its rows are held', () => {
  const demands = [EVERYTHING, { ...EVERYTHING, id: 2, rowsPerSecond: 500 }, { ...EVERYTHING, id: 3, rowsPerSecond: 0 }]
  fc.assert(
    fc.property(fc.array(windowOf, { maxLength: 8 }), (windows) => {
      const line = new Line(demands)
      for (const { made: list, until } of windows) {
        for (const slot of [0, 1, 2]) if (slotOf(list, slot).length > 0) line.take(slot, slotOf(list, slot))
        line.flush(until)
      }
      line.flush(Number.POSITIVE_INFINITY)
      for (const { id } of demands) {
        const told = line.publications(id)
        const sum = (of: 'rows' | 'matched' | 'thinned') => told.reduce((total, one) => total + one[of], 0)
        expect([sum('matched'), sum('rows') + sum('thinned')]).toEqual([line.decoded, line.decoded])
      }
    }),
  )
})

test('[L4] without credit what the window would tell is withheld, and what is held back is told later', () => {
  const line = new Line()
  line.givesCredit = false
  const at = (timeNs: number) => ({ slot: 0, cpu: 0, timeNs, type: TICK })
  for (let window = 0; window < 8; window += 1) {
    line.take(0, [at(window)])
    line.flush(Number.POSITIVE_INFINITY)
  }
  line.take(0, [at(100), at(200)])
  line.flush(150)
  expect([line.publisher.withheld, line.publisher.pending]).toEqual([1, 1])
  line.publisher.credit()
  line.flush(250)
  expect(line.times()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 200])
  expect(line.publications(EVERYTHING.id).reduce((sum, { withheld }) => sum + withheld, 0)).toBe(1)
})

test('other demands take over between two windows: nothing is held back over that', () => {
  const line = new Line([EVERYTHING, { ...EVERYTHING, id: 2, rowsPerSecond: 1e6 }])
  const at = (timeNs: number) => ({ slot: 0, cpu: 0, timeNs, type: TICK })
  line.take(0, [at(100), at(200)])
  line.flush(150)
  line.replace([EVERYTHING, { ...EVERYTHING, id: 3 }])
  expect([line.times(), line.times(2), line.publisher.pending]).toEqual([[100, 200], [100, 200], 0])
  line.take(0, [at(300)])
  line.flush(Number.POSITIVE_INFINITY)
  expect([line.times(), line.times(2), line.times(3)]).toEqual([[100, 200, 300], [100, 200], [300]])
})

test('a TCP record that is held keeps what its socket told, wherever it is moved', () => {
  const line = new Line()
  const tcp = (timeNs: number) => ({ slot: 0, cpu: 0, timeNs, type: TCP })
  line.take(0, [tcp(10), tcp(900)])
  line.flush(500)
  for (let window = 0; window < 5; window += 1) {
    line.take(1, [{ slot: 1, cpu: 1, timeNs: 20 + window, type: TICK }])
    line.flush(500)
  }
  line.flush(Number.POSITIVE_INFINITY)
  const sockets = line.batches().flatMap((batch) => Array.from(batch.fields[TCP]?.[1] ?? []))
  expect(sockets).toEqual([1, 1])
})

test('memory for rows that are held is bounded: a window that does not end is told early', () => {
  const line = new Line()
  for (let chunk = 0; chunk < 60; chunk += 1) {
    const list = Array.from({ length: 3000 }, (_, row) => ({ slot: 0, cpu: 0, timeNs: chunk * 3000 + row, type: TICK }))
    line.take(0, list)
  }
  expect(line.publisher.pending).toBeLessThanOrEqual(131_072 + 3000)
  expect(line.times().length + line.publisher.pending).toBe(180_000)
})

test('a frame tells how many bytes its records took in the buffers', () => {
  const line = new Line()
  line.take(0, [
    { slot: 0, cpu: 0, timeNs: 1, type: TICK },
    { slot: 0, cpu: 0, timeNs: 2, type: TCP },
  ])
  line.flush(Number.POSITIVE_INFINITY)
  expect(line.batches()[0]?.recordBytes).toBe(48 + 128)
})
