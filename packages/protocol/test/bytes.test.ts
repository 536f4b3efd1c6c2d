/** Varints: the edges of every length, and bytes that are none. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter, intBytes, uintBytes } from '../src/bytes.ts'

function written(fill: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter(1)
  fill(out)
  return out.u8.slice(0, out.length)
}

function reader(u8: Uint8Array): ByteReader {
  return new ByteReader(u8, 0, u8.length)
}

/** Value and the bytes that it takes unsigned. */
const EDGES: [value: number, bytes: number][] = [
  [0, 1],
  [1, 1],
  [63, 1],
  [64, 1],
  [127, 1],
  [128, 2],
  [16_383, 2],
  [16_384, 3],
  [2 ** 31 - 1, 5],
  [2 ** 31, 5],
  [2 ** 32, 5],
  [2 ** 49 - 1, 7],
  [2 ** 49, 8],
  [Number.MAX_SAFE_INTEGER, 8],
]

describe('varints', () => {
  it.each(EDGES)('[COL4] an unsigned %d comes back from %d bytes', (value, length) => {
    const bytes = written((out) => out.uint(value))
    expect(reader(bytes).uint()).toBe(value)
    expect(bytes.length).toBe(length)
  })

  it.each(EDGES)('[COL4] %d comes back with either sign', (value) => {
    for (const signed of [value, 0 - value]) {
      expect(reader(written((out) => out.int(signed))).int()).toBe(signed)
    }
  })

  it('[COL4] zig-zag gives small magnitudes one byte', () => {
    expect(Array.from(written((out) => [0, -1, 1, -64, 63].forEach((value) => void out.int(value))))).toEqual([
      0, 1, 2, 127, 126,
    ])
  })

  it('[COL4] what does not fit is clamped', () => {
    expect(reader(written((out) => out.uint(2 ** 60))).uint()).toBe(Number.MAX_SAFE_INTEGER)
    expect(reader(written((out) => out.int(2 ** 63))).int()).toBe(Number.MAX_SAFE_INTEGER)
    expect(reader(written((out) => out.int(-(2 ** 63)))).int()).toBe(-Number.MAX_SAFE_INTEGER)
  })

  it('[COL4] the length of a varint is known before it is written', () => {
    const near = EDGES.flatMap(([edge]) => [edge, edge * 64 - 1, edge * 64, edge * 64 + 1])
    const any = fc.oneof(fc.constantFrom(...near), fc.maxSafeInteger(), fc.double({ noNaN: true }).map(Math.floor))
    fc.assert(
      fc.property(any, (value) => {
        expect(intBytes(value)).toBe(written((out) => out.int(value)).length)
        const unsigned = Math.abs(value)
        expect(uintBytes(unsigned)).toBe(written((out) => out.uint(unsigned)).length)
      }),
      { numRuns: 2000 },
    )
  })

  it('[COL4] any sequence comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (values) => {
        const bytes = written((out) => values.forEach((value) => void out.int(value)))
        const source = reader(bytes)
        expect(values.map(() => source.int())).toEqual(values)
        expect(source.at).toBe(bytes.length)
        expect(source.bad).toBe(false)
      }),
    )
  })

  it.each([
    ['nothing', []],
    ['a cut varint', [0x80]],
    ['more than 53 bits', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a varint without an end', new Array<number>(20).fill(0x80)],
  ])('[COL4] %s is a bad read', (_, bytes) => {
    for (const read of ['uint', 'int'] as const) {
      const source = reader(Uint8Array.from(bytes))
      expect(source[read]()).toBe(0)
      expect(source.bad).toBe(true)
    }
  })
})
