import { EVENT_TYPES } from '@ringside/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Malformation, Scanner } from '../../src/ingest/scan.ts'
import { streamOf } from '../../src/ingest/sequence.ts'
import { ABI, LIMITS, RECORD_BYTES } from '../../src/source/abi.ts'
import { chunkOf, ofSlot } from './chunk.ts'

const { rs_exec, rs_exec2 } = ABI.structs

function scan(slot: number, records: Parameters<typeof chunkOf>[0]) {
  const reasons: Malformation[] = []
  const scanner = new Scanner(2, { hi: 0, lo: 0 }, undefined, (...told) => reasons.push(told[4]))
  const { words, bytes } = chunkOf(records.map((record) => ({ slot, ...record })))
  return { scanner, reasons, good: scanner.scan(words, bytes, slot) }
}

test('[L3] every record is decoded or malformed, whatever its header says', () => {
  const shape = fc.record({
    type: fc.nat(20),
    slot: fc.nat(3),
    cpu: fc.nat(3),
    level: fc.nat(5),
    seq: fc.nat(1000),
    version: fc.nat(4),
    length: fc.nat(600),
    size: fc.nat(600),
  })
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 40 }), (records) => {
      const scanner = new Scanner(2)
      const { words, bytes } = chunkOf(records)
      const good = scanner.scan(words, bytes, 1)
      expect(ofSlot(scanner.consumed, 1)).toBe(records.length)
      expect(ofSlot(scanner.decoded, 1)).toBe(good)
      expect(ofSlot(scanner.decoded, 1) + ofSlot(scanner.malformed, 1)).toBe(records.length)
    }),
  )
})

/** Each type with its versions, and the sizes that a record of them may have. */
const LAYOUTS = RECORD_BYTES.flatMap(({ min, max }, type) => {
  if (min === 0) return []
  if (type !== EVENT_TYPES.exec) return [{ type, version: 1, min, max }]
  return [rs_exec.bytes, rs_exec2.bytes].map((bytes, index) => {
    return { type, version: index + 1, min: bytes, max: bytes + LIMITS.pathBytes }
  })
})

test.each(LAYOUTS)(
  'type $type, version $version, is good from $min to $max bytes and malformed beyond',
  ({ type, version, min, max }) => {
    const { scanner } = scan(
      0,
      [min - 1, min, max, max + 1].map((length, index) => ({
        ...{ type, version, length, seq: index + 1 },
        fill: (view, at) => {
          if (type === EVENT_TYPES.exec) view.setUint16(at + rs_exec.members.path_off, min, true)
        },
      })),
    )
    expect(scanner.decoded[type]).toBe(2)
    expect(scanner.malformed[type]).toBe(2)
  },
)

test('a perf buffer may deliver up to 7 bytes more than the record has, and never fewer', () => {
  const good = [0, 1, 7, 8, -1].map((more) => scan(0, [{ type: 9, seq: 1, length: 40 + more, size: 40 }]).good)
  expect(good).toEqual([1, 1, 1, 0, 0])
})

test('a path that would end outside its record is malformed', () => {
  const open = (pathBytes: number) => ({
    type: 4,
    seq: 1,
    length: 96,
    fill: (view: DataView, at: number) => view.setUint16(at + ABI.structs.rs_open.members.path_len, pathBytes, true),
  })
  expect(scan(0, [open(8)]).good).toBe(1)
  expect(scan(0, [open(9)]).good).toBe(0)
})

test.each([
  ['place', { slot: 2 }],
  ['place', { cpu: 2 }],
  ['place', { level: 4 }],
  ['version', { version: 2 }],
  ['version', { version: 0 }],
  ['version', { version: 7 }],
  ['type', { type: 15, length: 40 }],
  ['type', { type: 700, length: 40 }],
  ['size', { size: 48 }],
  ['size', { size: 24 }],
  ['short', { length: 31 }],
  ['short', { length: 0 }],
  ['tail', { type: 8, length: 48, fill: (view: DataView, at: number) => view.setUint32(at + 40, 1, true) }],
  [
    'tail',
    { type: 2, version: 2, length: 96, fill: (view: DataView, at: number) => view.setUint16(at + 70, 72, true) },
  ],
] as const)('a record that cannot be decoded is told with the reason: %s', (reason, wrong) => {
  const { scanner, reasons } = scan(0, [{ type: 9, seq: 1, ...wrong }])
  expect(reasons).toEqual([reason])
  expect(ofSlot(scanner.malformed, 0)).toBe(1)
})

test('[L6] unknown types and versions are malformed, and their numbers have arrived all the same', () => {
  const { scanner } = scan(0, [
    { type: 9, seq: 1 },
    { type: 15, seq: 2, length: 40 },
    { type: 9, seq: 3, version: 9 },
    { type: 9, seq: 4 },
  ])
  expect([scanner.malformed[0], scanner.malformed[9]]).toEqual([1, 1])
  expect(scanner.sequence.gaps[streamOf(2, 0, 0, 0)]).toBe(0)
})

test('times are exact in doubles after years of uptime', () => {
  const year = 365 * 86_400 * 1e9
  const zero = BigInt(40 * year)
  const seen: number[] = []
  const scanner = new Scanner(
    1,
    { hi: Number(zero >> 32n), lo: Number(zero & 0xffff_ffffn) },
    (_stream, _from, _to, _before, after) => seen.push(after),
  )
  const { words, bytes, u8 } = chunkOf([{ type: 9, seq: 2 }])
  new DataView(u8.buffer).setBigUint64(8 + ABI.structs.rs_header.members.time, zero + 123_456_789n, true)
  scanner.scan(words, bytes, 0)
  expect(seen).toEqual([123_456_789])
})
