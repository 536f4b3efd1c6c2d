/** The decoder gives a batch or a failure for any bytes: it never throws, and allocates within bounds. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, commOf, fieldText } from '../src/batch.ts'
import { decodeBatch } from '../src/batch-decode.ts'
import { matchingRows } from '../src/batch-filter.ts'
import { ByteWriter } from '../src/bytes.ts'
import { compileFilter } from '../src/filter.ts'
import { FRAME_MAGIC, FRAME_VERSION, MAX_ROWS, PREFIX, PREFIX_BYTES } from '../src/frame.ts'
import { summaryOf } from '../src/summary.ts'
import { anyRows, ascii, encode, rowOf } from './rows.ts'

/** Decodes, and uses every row of what comes out. */
function use(frame: ArrayBuffer): string {
  const batch = decodeBatch(frame)
  if (!batch.ok) return batch.code
  const filter = compileFilter({ types: [], slots: [], text: 'a' })
  expect(matchingRows(filter, batch).length).toBeLessThanOrEqual(batch.rows)
  for (let row = 0; row < Math.min(batch.rows, 100); row++) {
    expect(summaryOf(batch, row)).toBeTypeOf('string')
    expect(commOf(batch, row)).toBeTypeOf('string')
    expect(fieldText(batch, row, 5)).toBeTypeOf('string')
    bytesOf(batch, row)
  }
  return 'ok'
}

function prefixed(body: Uint8Array, words: { rows?: number; columns?: number } = {}): ArrayBuffer {
  const frame = new Uint8Array(PREFIX_BYTES + body.length)
  frame.set(body, PREFIX_BYTES)
  const view = new DataView(frame.buffer)
  view.setUint32(PREFIX.magic, FRAME_MAGIC, true)
  view.setUint16(PREFIX.version, FRAME_VERSION, true)
  view.setUint32(PREFIX.rows, words.rows ?? 1, true)
  view.setUint32(PREFIX.columns, words.columns ?? 1, true)
  return frame.buffer
}

describe('decoding anything', () => {
  it('[FR4] random bytes are refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => use(bytes.slice().buffer) !== 'ok'))
  })

  it('[FR4] random columns after a good prefix do no harm', () => {
    const body = fc.uint8Array({ maxLength: 200 })
    fc.assert(
      fc.property(body, fc.nat(50), fc.nat(20), (bytes, rows, columns) => {
        use(prefixed(bytes, { rows, columns }))
      }),
      { numRuns: 5000 },
    )
  })

  it('[FR4] a good frame with bytes changed does no harm', () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(anyRows, fc.boolean(), change, (rows, withBytes, changes) => {
        const frame = encode(rows, withBytes)
        const u8 = new Uint8Array(frame)
        for (const [at, value] of changes) u8[at % u8.length] = value
        use(frame)
      }),
      { numRuns: 5000 },
    )
  })

  it('[FR4] a frame cut anywhere is refused', () => {
    const frame = encode([rowOf(), rowOf({ seq: 3, timeNs: 5, comm: ascii('x'), bytes: ascii('abc') })], true)
    for (let length = 0; length < frame.byteLength; length++) expect(use(frame.slice(0, length))).not.toBe('ok')
  })

  it('[FR4] bytes after the last column are refused', () => {
    const frame = new Uint8Array([...new Uint8Array(encode([rowOf()])), 0])
    expect(decodeBatch(frame.buffer)).toMatchObject({ ok: false, code: 'column' })
  })

  it('[FR5] another version is told apart', () => {
    const frame = encode([rowOf()])
    new DataView(frame).setUint16(PREFIX.version, 2, true)
    expect(decodeBatch(frame)).toMatchObject({ ok: false, code: 'version' })
  })

  it('[FR6] more rows than a frame may hold are refused before anything is allocated', () => {
    expect(decodeBatch(prefixed(new Uint8Array(0), { rows: MAX_ROWS + 1 }))).toMatchObject({ code: 'too-large' })
  })

  it('[FR6] a table that claims more entries than it has bytes is refused', () => {
    for (const id of [1, 2, 3, 5, 10]) {
      const out = new ByteWriter()
      out.byte(id)
      out.byte(7)
      out.uint(7)
      out.uint(2 ** 48)
      expect(use(prefixed(out.u8.slice(0, out.length)))).toBe('column')
    }
  })

  it('[COL5] a column with an unknown id is skipped', () => {
    const frame = new Uint8Array(encode([rowOf()]))
    const longer = new Uint8Array([...frame, 99, 200, 3, 1, 2, 3])
    const view = new DataView(longer.buffer)
    view.setUint32(PREFIX.columns, view.getUint32(PREFIX.columns, true) + 1, true)
    expect(decodeBatch(longer.buffer)).toEqual(decodeBatch(frame.buffer))
  })

  it('[COL5] a field that the frame does not carry reads as zero', () => {
    const batch = decodeBatch(encode([rowOf()]))
    if (!batch.ok) throw new Error(batch.message)
    expect(fieldText(batch, 0, 7)).toBe('')
  })

  it('[COL1] a column that stands twice is refused', () => {
    expect(decodeBatch(prefixed(Uint8Array.of(9, 4, 1, 0, 9, 4, 1, 0), { columns: 2 }))).toMatchObject({
      code: 'column',
      message: 'column 9 stands twice',
    })
  })
})
