/** Damage of each kind, told by its code; damage at random is in decode-fuzz.test.ts. */
import { describe, expect, it } from 'vitest'
import { bytesOf, commOf, fieldInt, fieldText } from '../src/batch.ts'
import { decodeBatch } from '../src/batch-decode.ts'
import { BatchEncoder } from '../src/batch-encode.ts'
import { matchingRows } from '../src/batch-filter.ts'
import { ByteReader, ByteWriter } from '../src/bytes.ts'
import { EVENTS, fieldIndex } from '../src/events.ts'
import { compileFilter } from '../src/filter.ts'
import {
  COLUMN,
  ENCODING,
  FRAME_MAGIC,
  FRAME_VERSION,
  fieldColumnId,
  MAX_ROWS,
  PREFIX,
  PREFIX_BYTES,
} from '../src/frame.ts'
import { summaryOf } from '../src/summary.ts'
import { ascii, connOf, encode, rowOf, WINDOW, write } from './rows.ts'

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

/** Where a column begins and ends in a frame. */
function columnRange(frame: ArrayBuffer, id: number): [start: number, end: number] {
  const reader = new ByteReader(new Uint8Array(frame), PREFIX_BYTES, frame.byteLength)
  while (reader.at < reader.end) {
    const start = reader.at
    const found = reader.byte()
    reader.byte()
    const length = reader.uint()
    reader.at += length
    if (found === id) return [start, reader.at]
  }
  throw new RangeError(`the frame has no column ${id}`)
}

/** The frame, but for one column. */
function without(frame: ArrayBuffer, id: number): ArrayBuffer {
  const [start, end] = columnRange(frame, id)
  const u8 = new Uint8Array(frame)
  const rest = Uint8Array.from([...u8.subarray(0, start), ...u8.subarray(end)]).buffer
  const view = new DataView(rest)
  view.setUint32(PREFIX.columns, view.getUint32(PREFIX.columns, true) - 1, true)
  return rest
}

describe('decoding anything', () => {
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
    new DataView(frame).setUint16(PREFIX.version, 1, true)
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

  it('[COL5] a field that the frame does not carry reads as zero, or as empty', () => {
    const open = EVENTS.open.number
    const whole = encode([rowOf({ type: open, fields: [3, -100, 1, 2, 257, ascii('/etc/passwd')] })])
    const [result, path] = [fieldIndex('open', 'result'), fieldIndex('open', 'path')]
    const frame = without(without(whole, fieldColumnId(open, result)), fieldColumnId(open, path))
    const batch = decodeBatch(frame)
    if (!batch.ok) throw new Error(batch.message)
    expect([fieldInt(batch, 0, result), fieldText(batch, 0, path)]).toEqual([0, ''])
    expect(fieldInt(batch, 0, fieldIndex('open', 'dirfd'))).toBe(-100)
  })

  it('[COL3] a table column in another encoding is refused', () => {
    const encoder = new BatchEncoder()
    encoder.gap({ slot: 2, lost: 1, holes: 1, fromNs: 0, toNs: 1, cpus: [0], streams: [] })
    const conn = rowOf({ type: EVENTS.tcp.number, fields: [connOf({ localPort: 1 }), 1, 1, 1], bytes: ascii('abc') })
    write(encoder, conn, true)
    const frame = encoder.finish(WINDOW)
    for (const name of ['strings', 'connections', 'kinds', 'streams', 'tasks', 'gaps', 'bytes'] as const) {
      const other = frame.slice(0)
      const [at] = columnRange(other, COLUMN[name])
      expect(new Uint8Array(other)[at + 1], name).toBe(ENCODING.table)
      for (const encoding of [0, ENCODING.uint, ENCODING.dict, 8]) {
        new Uint8Array(other)[at + 1] = encoding
        expect(decodeBatch(other)).toMatchObject({ code: 'column', message: `column ${COLUMN[name]} is not a table` })
      }
    }
  })

  it('[COL1] a column that stands twice is refused', () => {
    expect(decodeBatch(prefixed(Uint8Array.of(9, 4, 1, 0, 9, 4, 1, 0), { columns: 2 }))).toMatchObject({
      code: 'column',
      message: 'column 9 stands twice',
    })
  })
})
