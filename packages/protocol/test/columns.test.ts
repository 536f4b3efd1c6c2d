/** Columns by themselves: every encoding is read, whichever the encoder would have chosen. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteWriter } from '../src/bytes.ts'
import { EVENTS } from '../src/events.ts'
import { COLUMN, ENCODING, fieldColumnId } from '../src/frame.ts'
import { type ColumnCoding, IntColumn } from '../src/int-column.ts'
import { type ColumnRange, readIndexes, readInts } from '../src/read-column.ts'

function column(encoding: number, fill: (out: ByteWriter) => void): ColumnRange {
  const out = new ByteWriter()
  fill(out)
  return { u8: out.u8.slice(0, out.length), encoding, at: 0, end: out.length }
}

function ints(range: ColumnRange, count: number): number[] | null {
  const out = new Float64Array(count)
  return readInts(range, count, out) ? Array.from(out) : null
}

const put = (method: 'uint' | 'int', ...values: number[]) => {
  return (out: ByteWriter) => values.forEach((value) => void out[method](value))
}

describe('columns', () => {
  it.each<[keyof typeof ENCODING, (out: ByteWriter) => void, number[]]>([
    ['uint', put('uint', 5, 300, 0), [5, 300, 0]],
    ['int', put('int', -5, 300, 0), [-5, 300, 0]],
    ['delta', put('int', 1000, -1, 5), [1000, 999, 1004]],
    ['same', put('int', -7), [-7, -7, -7]],
    ['step', put('int', 10, 5), [10, 15, 20]],
    ['dict', put('uint', 2, 199, 14, 1, 0, 1), [7, -100, 7]],
  ])('[COL3] integers are read from %s', (encoding, fill, expected) => {
    expect(ints(column(ENCODING[encoding], fill), 3)).toEqual(expected)
  })

  it('[COL3] an encoding that is not known is refused', () => {
    expect(ints(column(8, put('int', 1)), 1)).toBeNull()
    expect(readIndexes(column(ENCODING.delta, put('int', 1)), 1, 9, new Uint32Array(1))).toBe(false)
  })

  it('[COL3] a column with fewer or more values than rows is refused', () => {
    expect(ints(column(ENCODING.uint, put('uint', 1, 2)), 3)).toBeNull()
    expect(ints(column(ENCODING.uint, put('uint', 1, 2)), 1)).toBeNull()
  })

  it('[COL3] an index beyond its dictionary is refused, also where all are the same', () => {
    const out = new Uint32Array(2)
    expect(readIndexes(column(ENCODING.uint, put('uint', 0, 300)), 2, 300, out)).toBe(false)
    expect(readIndexes(column(ENCODING.same, put('int', 3)), 2, 3, out)).toBe(false)
    expect(readIndexes(column(ENCODING.same, put('int', -1)), 2, 3, out)).toBe(false)
    expect(readIndexes(column(ENCODING.same, put('int', 2)), 2, 3, out)).toBe(true)
    expect(Array.from(out)).toEqual([2, 2])
  })

  it.each<ColumnCoding>(['plain', 'delta', 'dict', 'unsigned'])(
    '[COL6] any values of a %s column come back',
    (coding) => {
      const value = coding === 'plain' || coding === 'dict' ? fc.maxSafeInteger() : fc.maxSafeInteger().map(Math.abs)
      const kept = new IntColumn(coding)
      fc.assert(
        fc.property(fc.array(fc.oneof(value, fc.nat(3)), { maxLength: 300 }), (values) => {
          kept.reset()
          for (const one of values) kept.push(one)
          const out = new ByteWriter()
          expect(kept.write(1, out, new ByteWriter())).toBe(values.length === 0 ? 0 : 1)
          if (values.length === 0) return
          const header = out.u8[2] as number
          const at = header < 128 ? 3 : (out.u8[3] as number) < 128 ? 4 : 5
          expect(ints({ u8: out.u8, encoding: out.u8[1] as number, at, end: out.length }, values.length)).toEqual(
            values,
          )
        }),
      )
    },
  )

  it('[COL2] every field has an id of its own, apart from those of the batch', () => {
    const ids = Object.values(EVENTS).flatMap((event) =>
      event.fields.map((_, index) => {
        expect(index).toBeLessThan(8)
        return fieldColumnId(event.number, index)
      }),
    )
    expect(new Set([...ids, ...Object.values(COLUMN)]).size).toBe(ids.length + Object.keys(COLUMN).length)
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(128)
    expect(Math.max(...ids)).toBeLessThanOrEqual(255)
  })
})
