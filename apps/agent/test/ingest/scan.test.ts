import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Scanner } from '../../src/ingest/scan.ts'
import { streamOf } from '../../src/ingest/sequence.ts'
import { ABI, RECORD_BYTES } from '../../src/source/abi.ts'
import { chunkOf, ofSlot } from './chunk.ts'

function scan(slot: number, records: Parameters<typeof chunkOf>[0], cpus = 2): { scanner: Scanner; good: number } {
  const scanner = new Scanner(cpus)
  const { words, bytes } = chunkOf(records.map((record) => ({ slot, ...record })))
  return { scanner, good: scanner.scan(words, bytes, slot) }
}

test('[L3] every record is decoded or malformed, whatever its header says', () => {
  const shape = fc.record({
    type: fc.nat(20),
    slot: fc.nat(3),
    cpu: fc.nat(3),
    level: fc.nat(5),
    seq: fc.nat(1000),
    version: fc.nat(2),
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

test.each(RECORD_BYTES.flatMap((bytes, type) => (bytes.min === 0 ? [] : [[type, bytes.min, bytes.max] as const])))(
  'type %i is good from %i to %i bytes and malformed beyond',
  (type, min, max) => {
    const lengths = [min - 1, min, max, max + 1]
    const { scanner } = scan(
      0,
      lengths.map((length, index) => ({
        type,
        length,
        seq: index + 1,
        fill: (view, at) => {
          if (type === 2) view.setUint16(at + ABI.structs.rs_exec.members.path_off, 72, true)
        },
      })),
    )
    expect(scanner.decoded[type]).toBe(2)
    expect(scanner.malformed[type]).toBe(2)
  },
)

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

test('a record that names another slot, CPU, level or version than it can have is malformed', () => {
  for (const wrong of [{ slot: 2 }, { cpu: 2 }, { level: 4 }, { version: 2 }]) {
    const { scanner } = scan(0, [{ type: 9, seq: 1, ...wrong }])
    expect(scanner.malformed[9]).toBe(1)
  }
})

test('an unknown type is malformed and its number still counts as arrived', () => {
  const { scanner } = scan(0, [
    { type: 9, seq: 1 },
    { type: 15, seq: 2, length: 40 },
    { type: 9, seq: 3 },
  ])
  expect(scanner.malformed[0]).toBe(1)
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
