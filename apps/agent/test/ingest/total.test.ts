/** Whatever bytes a buffer holds: each record is decoded or malformed, nothing throws, and nothing takes longer for it. */
import { BatchEncoder, compileFilter, decodeBatch, EVENT_TYPES, RowMatcher } from '@ringside/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRow } from '../../src/ingest/decode.ts'
import { Records } from '../../src/ingest/records.ts'
import { Scanner, typeOf } from '../../src/ingest/scan.ts'
import { SocketTable } from '../../src/ingest/sockets.ts'
import { ABI, RECORD_BYTES, RING_HEADER, ringBytes } from '../../src/source/abi.ts'

const CASES = 10_000
const CPUS = 2
const SLOT = 1
const ZERO = { hi: 7, lo: 0xffff_fff0 }
const HEADER = ABI.structs.rs_header.members
const { rs_exec, rs_exec2, rs_open, rs_load } = ABI.structs

const scanner = new Scanner(CPUS, ZERO, undefined, (_words, record, length) => {
  refused += 1
  if (record * 4 + length > end) throw new Error('a sample that reaches beyond the chunk')
})
const records = new Records(scanner.at)
const sockets = new SocketTable()
const encoder = new BatchEncoder()
const matcher = new RowMatcher(compileFilter({ types: [], slots: [], text: 'q' }))
let refused = 0
let end = 0

/** Takes a chunk in as ingest does. @returns good records, malformed ones, and those that the frame carries */
function takeIn(bytes: Uint8Array): { good: number; refused: number; rows: number } {
  refused = 0
  end = bytes.length
  records.chunk.set(bytes)
  records.count = scanner.scan(records.words, bytes.length, SLOT, records.from)
  records.complete(sockets, bytes.length)
  for (let index = 0; index < records.count; index += 1) {
    const at = records.at[index] as number
    decodeRow(matcher, records, at, records.completion[index] as number, ZERO, false)
    decodeRow(encoder, records, at, records.completion[index] as number, ZERO, true)
  }
  const meta = { fromNs: 0, toNs: 1, matched: records.count, thinned: 0, recordBytes: 0, late: 0, lateNs: 0 }
  const batch = decodeBatch(encoder.finish(meta))
  if (!batch.ok) throw new Error(batch.message)
  return { good: records.count, refused, rows: batch.rows }
}

/** Mostly `usual`, one time in ten anything. */
function mostly<T>(usual: fc.Arbitrary<T>, anything: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: anything })
}

/** Records whose headers are right most of the time, whose every other field may be anything, and whose tails mostly fit. */
const likely = fc
  .record({
    type: mostly(fc.integer({ min: 1, max: 9 }), fc.nat(0xffff)),
    version: mostly(fc.integer({ min: 1, max: 2 }), fc.nat(0xffff)),
    longer: fc.nat(64),
    /** Added to what the header says. */
    wrong: mostly(fc.constant(0), fc.integer({ min: -64, max: 64 })),
    cpu: mostly(fc.nat(CPUS - 1), fc.nat(0xffff)),
    seed: fc.integer(),
    tail: mostly(fc.nat(8), fc.nat(0xffff)),
  })
  .map(({ type, version, longer, wrong, cpu, seed, tail }) => {
    const { min, max } = RECORD_BYTES[type] ?? { min: 0, max: 0 }
    const length = min === 0 ? 32 + longer : Math.min(max, min + longer)
    const bytes = new Uint8Array(ringBytes(length))
    const view = new DataView(bytes.buffer)
    const at = RING_HEADER.bytes
    for (let word = at, value = seed; word < bytes.length; word += 4) {
      value = Math.imul(value ^ (value >>> 15), 0x2c1b_3c6d) + word
      view.setInt32(word, value)
    }
    view.setUint32(0, length, true)
    view.setUint16(at + HEADER.version, version, true)
    view.setUint16(at + HEADER.type, type, true)
    view.setUint32(at + HEADER.size, Math.max(0, length + wrong), true)
    view.setUint16(at + HEADER.cpu, cpu, true)
    view.setUint8(at + HEADER.level, seed & 3)
    view.setUint8(at + HEADER.slot, SLOT)
    writeTail(view, at, type, tail)
    return bytes
  })

function writeTail(view: DataView, at: number, type: number, tail: number): void {
  if (type === EVENT_TYPES.exec) {
    view.setUint16(at + rs_exec.members.path_len, tail, true)
    view.setUint16(at + rs_exec.members.path_off, view.byteLength > 100 ? rs_exec2.bytes : rs_exec.bytes, true)
  }
  if (type === EVENT_TYPES.open) view.setUint16(at + rs_open.members.path_len, tail, true)
  if (type === EVENT_TYPES.load) view.setUint32(at + rs_load.members.pad_len, tail, true)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

test('[RNG-8][QA-2] records whose fields may be anything are decoded or malformed, each one', () => {
  const types = new Set<number>()
  fc.assert(
    fc.property(fc.array(likely, { minLength: 1, maxLength: 4 }), (parts) => {
      const told = takeIn(joined(parts))
      for (let index = 0; index < told.good; index += 1) types.add(typeOf(records.words, records.at[index] as number))
      expect(told).toEqual({ good: told.good, refused: parts.length - told.good, rows: told.good })
    }),
    { numRuns: CASES },
  )
  /* The test is of decoders, not only of what turns records away. */
  expect([...types].sort()).toEqual(Object.values(EVENT_TYPES).sort())
}, 120_000)

test('[RNG-8][QA-2] a chunk of any bytes is taken in without harm', () => {
  const chunk = fc
    .uint8Array({ maxLength: 512 })
    .map((bytes) => joined([bytes, new Uint8Array((8 - (bytes.length % 8)) % 8)]))
  fc.assert(
    fc.property(chunk, (bytes) => {
      const { good, refused: bad, rows } = takeIn(bytes)
      expect(rows).toBe(good)
      expect(good + bad).toBeLessThanOrEqual(bytes.length / RING_HEADER.bytes)
    }),
    { numRuns: CASES },
  )
}, 120_000)
