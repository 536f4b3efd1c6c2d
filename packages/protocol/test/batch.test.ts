/** What is written into a frame is what a reader finds. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Batch, bytesOf, type Gap, type GapStream } from '../src/batch.ts'
import { decodeBatch } from '../src/batch-decode.ts'
import { BatchEncoder } from '../src/batch-encode.ts'
import { fieldConn } from '../src/connection.ts'
import { EVENTS, fieldIndex } from '../src/events.ts'
import {
  FRAME_MAX_BYTES,
  FRAME_NUMBER_OFFSET,
  FRAME_TARGET_BYTES,
  frameBody,
  stampedPrefix,
  stampFrame,
} from '../src/frame.ts'
import { earlierGapsColumn } from '../src/gaps.ts'
import {
  anyGap,
  anyRows,
  ascii,
  connOf,
  encode,
  fewRows,
  type Row,
  readRow,
  rowOf,
  shownRow,
  WINDOW,
  write,
} from './rows.ts'

function decoded(frame: ArrayBuffer): Batch {
  const batch = decodeBatch(frame)
  if (!batch.ok) throw new Error(`${batch.code}: ${batch.message}`)
  return batch
}

const NO_STAMP = { number: 0, subscription: 0, skipped: 0, withheld: 0 }
const STAMP = { number: 9, subscription: 2, skipped: 100, withheld: 30 }

function stream(cpu: number, level: number, from: number, to: number, lost: number): GapStream {
  return { cpu, level, from, to, lost }
}

function joined(...parts: Uint8Array[]): ArrayBuffer {
  return Uint8Array.from(parts.flatMap((part) => [...part])).buffer
}

function rowsOf(batch: Batch): unknown[] {
  return Array.from({ length: batch.rows }, (_, row) => readRow(batch, row))
}

describe('batches', () => {
  it('[FR2] any rows come back as they were', () => {
    fc.assert(
      fc.property(anyRows, fc.boolean(), (rows, withBytes) => {
        const batch = decoded(encode(rows, withBytes))
        expect(rowsOf(batch)).toEqual(rows.map((row) => shownRow(row, withBytes && rows.length > 0)))
      }),
      { numRuns: 500 },
    )
  })

  it('[FR2] [QA-1] any rows with gaps between them and any account come back as they were', () => {
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
    const ns = fc.double({ noNaN: true, noDefaultInfinity: true })
    const anyMeta = fc.record({
      ...{ fromNs: ns, toNs: ns, lateNs: ns },
      ...{ matched: u32, thinned: u32, recordBytes: u32, late: u32 },
    })
    const encoder = new BatchEncoder()
    fc.assert(
      fc.property(fewRows, fc.array(anyGap, { maxLength: 2 }), anyMeta, fc.boolean(), (rows, gaps, meta, withBytes) => {
        rows.forEach((row, index) => {
          if (index === 0) for (const gap of gaps) encoder.gap(gap)
          write(encoder, row, withBytes)
        })
        for (const gap of gaps) encoder.gap(gap)
        const batch = decoded(encoder.finish(meta))
        expect(batch).toMatchObject({ ...meta, rows: rows.length })
        expect(rowsOf(batch)).toEqual(rows.map((row) => shownRow(row, withBytes)))
        const before = rows.length === 0 ? [] : gaps.map((gap) => ({ row: 0, ...gap }))
        expect(batch.gaps).toEqual([...before, ...gaps.map((gap) => ({ row: rows.length, ...gap }))])
      }),
      { numRuns: 10_000 },
    )
  })

  it('[FR2] an encoder is as good as new after finish', () => {
    const encoder = new BatchEncoder()
    fc.assert(
      fc.property(anyRows, (rows) => {
        for (const row of rows) write(encoder, row)
        expect(new Uint8Array(encoder.finish(WINDOW))).toEqual(new Uint8Array(encode(rows)))
      }),
    )
  })

  it('[FR1] the prefix tells the window and its account', () => {
    expect(decoded(encode([rowOf()]))).toMatchObject({ ...WINDOW, ...NO_STAMP, rows: 1 })
  })

  it('[FR3] a stamp changes the number, the subscription, the rows skipped and withheld, and nothing else', () => {
    const frame = encode([rowOf(), rowOf({ seq: 2 })])
    const before = decoded(frame.slice(0))
    const stamp = { number: 41, subscription: 2, skipped: 1e12, withheld: 2e12 }
    stampFrame(frame, stamp)
    expect(new DataView(frame).getUint32(FRAME_NUMBER_OFFSET, true)).toBe(41)
    expect(decoded(frame)).toEqual({ ...before, ...stamp })
  })

  it('[FR3] a stamped prefix and the shared body are a stamped frame', () => {
    const frame = encode([rowOf()])
    const stamp = { number: 7, subscription: 1, skipped: 5, withheld: 6 }
    const whole = joined(stampedPrefix(frame, stamp), frameBody(frame))
    expect(decoded(frame).number).toBe(0)
    stampFrame(frame, stamp)
    expect(whole).toEqual(frame)
  })

  it('[GAP2] gaps of frames that were not sent stand before the first row, and leave the shared body as it is', () => {
    const encoder = new BatchEncoder()
    const own = { slot: 2, lost: 5, holes: 1, fromNs: 8, toNs: 9, cpus: [1], streams: [stream(1, 2, 3, 9, 5)] }
    write(encoder, rowOf())
    encoder.gap(own)
    const frame = encoder.finish(WINDOW)
    const before = new Uint8Array(frame.slice(0))
    const earlier = [
      {
        slot: 2,
        lost: 1204,
        holes: 2,
        fromNs: 1,
        toNs: 4,
        cpus: [0, 63],
        streams: [stream(63, 0, 1, 1200, 1200), stream(0, 3, 2 ** 50, 2 ** 50 + 3, 4)],
      },
      { slot: 1, lost: 1, holes: 1, fromNs: 2, toNs: 3, cpus: [], streams: [] },
    ]
    const whole = joined(stampedPrefix(frame, STAMP, 1), frameBody(frame), earlierGapsColumn(earlier))
    const gaps = [...earlier.map((gap) => ({ row: 0, ...gap })), { row: 1, ...own }]
    expect(decoded(whole)).toEqual({ ...decoded(frame), ...STAMP, gaps })
    expect(new Uint8Array(frame)).toEqual(before)
  })

  it('[FR6] an encoder says when a frame is large enough', () => {
    const encoder = new BatchEncoder()
    let rows = 0
    while (!encoder.full) {
      write(encoder, rowOf({ seq: ++rows, bytes: new Uint8Array(1000) }), true)
      expect(rows).toBeLessThan(10_000)
    }
    const frame = encoder.finish(WINDOW)
    expect(frame.byteLength).toBeGreaterThan(FRAME_TARGET_BYTES / 2)
    expect(frame.byteLength).toBeLessThan(FRAME_TARGET_BYTES * 1.5)
    expect(encoder.full).toBe(false)
  })

  it('[FR6] a frame that ends where the encoder says so is never larger than 1 MiB, whatever its rows hold', () => {
    let seed = 1
    const random = () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return seed / 2 ** 32
    }
    const wide = () => Math.floor((random() - 0.5) * Number.MAX_SAFE_INTEGER)
    const name = () => Uint8Array.from({ length: 16 }, () => 33 + random() * 90)
    const wildest: Record<string, () => Row> = {
      'integers of eight bytes, no two alike': () =>
        rowOf({ seq: Math.abs(wide()), timeNs: Math.abs(wide()), rate: wide() >>> 0, fields: [wide(), wide()] }),
      'a name for every row': () => rowOf({ pid: wide() >>> 0, tid: wide() >>> 0, uid: wide() >>> 0, comm: name() }),
      'long paths': () =>
        rowOf({
          type: EVENTS.open.number,
          fields: [wide(), wide(), wide(), wide(), wide(), Uint8Array.from({ length: 512 }, () => 33 + random() * 90)],
          bytes: new Uint8Array(1024),
        }),
      'a connection for every row': () =>
        rowOf({
          type: EVENTS.packet.number,
          fields: [
            connOf({ family: 6, protocol: 253, localPort: wide() & 0xffff, remotePort: wide() & 0xffff }),
            1,
            1,
            1,
          ],
        }),
    }
    for (const [what, make] of Object.entries(wildest)) {
      for (const withBytes of [false, true]) {
        const encoder = new BatchEncoder()
        while (!encoder.full) write(encoder, make(), withBytes)
        expect(encoder.rows, what).toBeGreaterThan(300)
        expect(encoder.finish(WINDOW).byteLength, what).toBeLessThanOrEqual(FRAME_MAX_BYTES)
      }
    }
  })

  it('[FR7] a frame may hold gaps and no row', () => {
    const encoder = new BatchEncoder()
    encoder.gap({ slot: 2, lost: 9, holes: 1, fromNs: 5, toNs: 6, cpus: [0], streams: [] })
    expect(decoded(encoder.finish(WINDOW))).toMatchObject({ rows: 0, gaps: [{ row: 0, lost: 9 }] })
  })

  it('[GAP1] gaps keep their place among the rows, and what they tell', () => {
    const first = { slot: 2, lost: 1204, holes: 3, fromNs: 1e9, toNs: 1.2e9, cpus: [0, 1, 63], streams: [] }
    const last = { slot: 0, lost: 1, holes: 1, fromNs: -5, toNs: 2 ** 50, cpus: [], streams: [] }
    const encoder = new BatchEncoder()
    write(encoder, rowOf())
    encoder.gap(first)
    write(encoder, rowOf({ seq: 2 }))
    encoder.gap(last)
    const gaps: Gap[] = [
      { row: 1, ...first },
      { row: 2, ...last },
    ]
    expect(decoded(encoder.finish(WINDOW)).gaps).toEqual(gaps)
  })

  it('[KIND1] inputs are masked: a slot, level, version or CPU that is too large does not spill into its neighbours', () => {
    const batch = decoded(encode([rowOf({ slot: 17, level: 6, cpu: 65_537, version: 18 })]))
    expect(readRow(batch, 0)).toMatchObject({
      type: EVENTS.syscall.number,
      slot: 1,
      level: 2,
      cpu: 1,
      version: 2,
      pid: 10,
    })
  })

  it('[DICT1] a name is on the wire once', () => {
    const rows = Array.from({ length: 100 }, (_, i) => rowOf({ seq: i + 1, comm: ascii('unmistakable'), tid: i }))
    const text = String.fromCharCode(...new Uint8Array(encode(rows)))
    expect(text.split('unmistakable').length - 1).toBe(1)
  })

  it('[TASK1] a task is told once, and a thread that changes its name is another', () => {
    const rows = [
      rowOf({ pid: 5, tid: 2, uid: 0xffff_ffff, flags: 7, comm: ascii('a') }),
      rowOf({ pid: 5, tid: 2, uid: 0xffff_ffff, flags: 7, comm: ascii('b') }),
      rowOf({ pid: 5, tid: 0xffff_ffff, uid: 0, flags: 0, comm: ascii('a') }),
    ]
    const batch = decoded(encode([...rows, ...rows]))
    expect(rowsOf(batch)).toEqual([...rows, ...rows].map((row) => shownRow(row, false)))
  })

  it('[BYTES1] records travel only where they were asked for', () => {
    const rows = [rowOf({ bytes: ascii('abc') }), rowOf({ bytes: ascii('') }), rowOf({ bytes: ascii('de') })]
    expect(decoded(encode(rows)).bytes).toBeNull()
    const batch = decoded(encode(rows, true))
    expect(rows.map((_, row) => Array.from(bytesOf(batch, row) ?? []))).toEqual(
      rows.map((row) => Array.from(row.bytes)),
    )
  })

  it('[DICT2] hostile names arrive harmless, and different names stay different', () => {
    const names = [ascii('a\u001b[31m'), Uint8Array.of(0xff, 0x2f), Uint8Array.of(0xe2, 0x80, 0xae, 0x61)]
    const batch = decoded(encode(names.map((comm) => rowOf({ comm }))))
    expect(batch.strings).toEqual(['', 'a\\x1b[31m', '\\xff/', '\\u{202e}a'])
  })

  it('[CONN1] an IPv4 tuple takes 14 bytes and an IPv6 one 38', () => {
    const size = (conn: Uint8Array) =>
      encode([rowOf({ type: EVENTS.packet.number, fields: [conn, 60, 1, 1] })]).byteLength
    const four = connOf({ family: 4, protocol: 17 })
    const six = connOf({ family: 6, protocol: 17 })
    expect(size(six) - size(four)).toBe(24)
    expect(size(connOf({ family: 4, protocol: 253 })) - size(four)).toBe(1)
  })

  it('[CONN2] UDP, which 4 bits cannot hold, comes back as UDP', () => {
    const conn = connOf({ protocol: 17, direction: 1, localPort: 53, remotePort: 40_000, local: [10, 0, 0, 7] })
    const batch = decoded(encode([rowOf({ type: EVENTS.packet.number, fields: [conn, 60, 1, 1] })]))
    expect(fieldConn(batch, 0, fieldIndex('packet', 'conn'))).toEqual({
      family: 4,
      protocol: 17,
      direction: 'in',
      tcpFlags: 0,
      localAddress: '10.0.0.7',
      localPort: 53,
      remoteAddress: '127.0.0.1',
      remotePort: 40_000,
    })
  })

  it('[COL6] a column whose values follow from the first carries no byte per row', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, i) => rowOf({ seq: i + 1, timeNs: 1e9 + i * 10 }))
    expect(encode(rows(10_000)).byteLength - encode(rows(100)).byteLength).toBeLessThan(8)
  })

  it('[COL4] values that a double cannot hold exactly are clamped, and spoil nothing else', () => {
    const [load, syscall] = [EVENTS.load.number, EVENTS.syscall.number]
    const ids = [2 ** 63, 5, 2 ** 60].map((id) => rowOf({ type: load, timeNs: id, fields: [id, 8] }))
    const results = [2 ** 63, -(2 ** 63), 7].map((result) => rowOf({ type: syscall, fields: [result, 1] }))
    const batch = decoded(encode([...ids, ...results]))
    const limit = Number.MAX_SAFE_INTEGER
    expect([0, 1, 2].map((row) => readRow(batch, row).fields[0])).toEqual([limit, 5, limit])
    expect([3, 4, 5].map((row) => readRow(batch, row).fields[0])).toEqual([limit, -limit, 7])
    expect(Array.from(batch.timeNs.subarray(0, 3))).toEqual([limit, 5, limit])
  })

  it('[SEQ1] numbers come back although types of one stream are mixed and rows are left out', () => {
    const tick = EVENTS.tick.number
    const rows = [3, 4, 9, 10, 1000].map((seq) => rowOf({ seq, ...(seq % 2 ? { type: tick, fields: [seq] } : {}) }))
    expect(Array.from(decoded(encode(rows)).seq)).toEqual([3, 4, 9, 10, 1000])
  })

  it('a row with too few or too many fields is a mistake of the caller', () => {
    const encoder = new BatchEncoder()
    encoder.row(EVENTS.tick.number, 2, 0, 0, 1, 1, 1, 1)
    expect(() => encoder.end()).toThrow(RangeError)
    encoder.int(1)
    expect(() => encoder.int(2)).toThrow(RangeError)
    expect(() => encoder.row(15, 2, 0, 0, 1, 1, 1, 1)).toThrow(RangeError)
  })
})
