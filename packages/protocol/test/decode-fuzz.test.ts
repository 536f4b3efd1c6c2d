/**
 * [QA-2] Decoders of frames and of text against what a broken or hostile peer may send: random, truncated and bit-flipped,
 * grown from real ones. They give a value or an error, and take memory in proportion to what arrived. Bounded, seeded.
 */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeBatch } from '../src/batch-decode.ts'
import { BatchEncoder } from '../src/batch-encode.ts'
import { ByteReader } from '../src/bytes.ts'
import { EVENTS } from '../src/events.ts'
import { FRAME_MAGIC, FRAME_VERSION, PREFIX, PREFIX_BYTES } from '../src/frame.ts'
import { parseAgentMessage, parsePageMessage } from '../src/parse.ts'
import { summaryOf } from '../src/summary.ts'
import { volumeOf } from '../src/volume.ts'
import { everyAgentMessage, everyPageMessage } from './every-message.ts'
import { anyGap, ascii, connOf, fewRows, type Row, rowOf, WINDOW, write } from './rows.ts'

const RUNS = { numRuns: 10_000 }
const TYPED_ARRAYS = ['Uint8Array', 'Uint16Array', 'Uint32Array', 'Float64Array'] as const

afterEach(() => vi.unstubAllGlobals())

/** What `run` allocates in typed arrays, bytes: also where it fails half-way. */
function allocatedBy(run: () => void): number {
  let bytes = 0
  for (const name of TYPED_ARRAYS) {
    const Plain = globalThis[name]
    const counting = new Proxy(Plain, {
      construct(target, args, newTarget) {
        const made = Reflect.construct(target, args, newTarget) as { byteLength: number }
        if (typeof args[0] === 'number') bytes += made.byteLength
        return made
      },
    })
    vi.stubGlobal(name, counting)
  }
  try {
    run()
  } finally {
    vi.unstubAllGlobals()
  }
  return bytes
}

/** Takes all that a page would of a frame, and says how many rows it had: 0 for a refused one. */
function use(frame: ArrayBuffer): number {
  const batch = decodeBatch(frame)
  if (!batch.ok) {
    expect(batch.message).not.toBe('')
    return 0
  }
  for (let row = 0; row < Math.min(batch.rows, 20); row++) expect(summaryOf(batch, row)).toBeTypeOf('string')
  expect(volumeOf(batch, frame.byteLength).events).toBe(batch.rows)
  for (const gap of batch.gaps) {
    expect(gap.row).toBeLessThanOrEqual(batch.rows)
    for (const stream of gap.streams) expect(stream.to).toBeGreaterThanOrEqual(stream.from)
  }
  return batch.rows
}

const encoder = new BatchEncoder()
const anyFrame = fc.tuple(fewRows, fc.array(anyGap, { maxLength: 2 }), fc.boolean()).map(([rows, gaps, withBytes]) => {
  for (const row of rows) write(encoder, row, withBytes)
  for (const gap of gaps) encoder.gap(gap)
  return encoder.finish(WINDOW)
})

type Damage = (u8: Uint8Array) => Uint8Array
const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.nat().map(
    (at): Damage =>
      (u8) =>
        u8.slice(0, at % (u8.length + 1)),
  ),
  fc.array(fc.nat(), { minLength: 1, maxLength: 4 }).map(
    (bits): Damage =>
      (u8) => {
        const flipped = u8.slice()
        for (const bit of bits) {
          const at = (bit >> 3) % flipped.length
          flipped[at] = (flipped[at] as number) ^ (1 << (bit & 7))
        }
        return flipped
      },
  ),
  fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 12 })).map(
    ([place, bytes]): Damage =>
      (u8) => {
        const at = PREFIX_BYTES + (place % (u8.length - PREFIX_BYTES + 1))
        return Uint8Array.from([...u8.subarray(0, at), ...bytes, ...u8.subarray(at)])
      },
  ),
  fc.tuple(fc.nat(), fc.nat(40)).map(
    ([place, length]): Damage =>
      (u8) => {
        const at = place % u8.length
        return Uint8Array.from([...u8.subarray(0, at), ...u8.subarray(at + length)])
      },
  ),
)

function prefixed(body: Uint8Array, rows: number, columns: number): ArrayBuffer {
  const frame = new Uint8Array(PREFIX_BYTES + body.length)
  frame.set(body, PREFIX_BYTES)
  const view = new DataView(frame.buffer)
  view.setUint32(PREFIX.magic, FRAME_MAGIC, true)
  view.setUint16(PREFIX.version, FRAME_VERSION, true)
  view.setUint32(PREFIX.rows, rows, true)
  view.setUint32(PREFIX.columns, columns, true)
  return frame.buffer
}

describe('frames of a broken or hostile peer', () => {
  it('[QA-2] [FR4] random bytes give a batch or a failure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void use(bytes.slice().buffer)),
      RUNS,
    )
  })

  it('[QA-2] [FR4] random columns behind a good prefix give a batch or a failure', () => {
    const id = fc.oneof(fc.integer({ min: 0, max: 14 }), fc.nat(255))
    const column = fc
      .tuple(id, fc.nat(8), fc.uint8Array({ maxLength: 24 }))
      .map(([id, encoding, payload]) => [id, encoding, payload.length, ...payload])
    fc.assert(
      fc.property(fc.array(column, { maxLength: 8 }), fc.nat(30), (columns, rows) => {
        use(prefixed(Uint8Array.from(columns.flat()), rows, columns.length))
      }),
      RUNS,
    )
  })

  it('[QA-2] [FR4] a real frame that is cut, flipped, grown or shortened gives a batch or a failure', () => {
    let taken = 0
    fc.assert(
      fc.property(anyFrame, anyDamage, (frame, damage) => {
        if (use(damage(new Uint8Array(frame)).slice().buffer) > 0) taken++
      }),
      RUNS,
    )
    expect(taken).toBeGreaterThan(100)
  })

  it('[QA-2] [FR4] a real frame with any one bit flipped, bit by bit', () => {
    const frame = richFrame()
    for (let bit = 0; bit < frame.byteLength * 8; bit++) {
      const flipped = new Uint8Array(frame.slice(0))
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      use(flipped.buffer)
    }
  })

  /** Per row: eleven columns of the row, a kind and a task index, at most eight fields. Per byte: 40 of a tuple of 14, 20 of a task. */
  const boundOf = (rows: number, bytes: number) => 160 * rows + 16 * bytes + 4096

  it('[QA-2] [FR6] what is allocated is bounded by the rows and bytes of the frame, whatever it claims', () => {
    fc.assert(
      fc.property(anyFrame, anyDamage, (frame, damage) => {
        const damaged = damage(new Uint8Array(frame)).slice().buffer
        const rows = damaged.byteLength < PREFIX_BYTES ? 0 : new DataView(damaged).getUint32(PREFIX.rows, true)
        const allocated = allocatedBy(() => void decodeBatch(damaged))
        expect(allocated).toBeLessThanOrEqual(boundOf(rows > 262_144 ? 0 : rows, damaged.byteLength))
      }),
      { numRuns: 1000 },
    )
  })

  it('[QA-2] [FR6] a table that claims very many entries allocates nothing for them', () => {
    const frame = richFrame()
    const reader = new ByteReader(new Uint8Array(frame), PREFIX_BYTES, frame.byteLength)
    const rows = new DataView(frame).getUint32(PREFIX.rows, true)
    expect(allocatedBy(() => void decodeBatch(frame))).toBeGreaterThan(rows * 40)
    let tables = 0
    while (reader.at < reader.end) {
      reader.byte()
      const encoding = reader.byte()
      const length = reader.uint()
      if (encoding === 6 || encoding === 7) {
        const claiming = new Uint8Array(frame.slice(0))
        claiming.set([0xff, 0xff, 0xff, 0x7f].slice(0, length), reader.at)
        expect(allocatedBy(() => void decodeBatch(claiming.buffer))).toBeLessThan(boundOf(rows, frame.byteLength))
        tables++
      }
      reader.at += length
    }
    expect(tables).toBeGreaterThan(7)
  })
})

/** One of everything that a frame can hold. */
function richFrame(): ArrayBuffer {
  const rows: Row[] = [
    rowOf({ type: EVENTS.exec.number, slot: 8, version: 2, fields: [11, ascii('/bin/sh'), 9, 77], bytes: ascii('a') }),
    rowOf({ type: EVENTS.open.number, fields: [3, -100, 1, 0, 257, ascii('/etc/passwd')], bytes: ascii('bcd') }),
    rowOf({ type: EVENTS.open.number, seq: 7, fields: [-2, -100, 2, 0, 257, ascii('/nope')] }),
    rowOf({ type: EVENTS.packet.number, cpu: 900, fields: [connOf({ localPort: 443 }), 60, 2, 1] }),
    rowOf({ seq: 9, rate: 77, timeNs: 5, fields: [-11, 202] }),
  ]
  for (const row of rows) write(encoder, row, true)
  const streams = [{ cpu: 900, level: 1, from: 8, to: 9, lost: 2 }]
  encoder.gap({ slot: 2, lost: 2, holes: 1, fromNs: 1, toNs: 2, cpus: [900], streams })
  return encoder.finish(WINDOW)
}

describe('text of a broken or hostile peer', () => {
  const parse = (text: string): void => {
    for (const parsed of [parseAgentMessage(text), parsePageMessage(text)]) {
      if (parsed.ok) expect(parsed.value.type).toBeTypeOf('string')
      else expect(parsed.message).not.toBe('')
    }
  }
  const texts = [...everyAgentMessage, ...everyPageMessage].map((message) => JSON.stringify(message))
  const anyText = fc.constantFrom(...texts)

  it('[QA-2] [MSG2] random text gives a message or an error', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json()), parse), RUNS)
  })

  it('[QA-2] [MSG2] a real message that is cut or has characters changed gives a message or an error', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 2 })), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(anyText, fc.option(fc.nat(), { freq: 4 }), changes, (text, cut, changes) => {
        let changed = cut === null ? text : text.slice(0, cut % text.length)
        for (const [place, other] of changes) {
          const at = place % (changed.length + 1)
          changed = changed.slice(0, at) + other + changed.slice(at + 1)
        }
        parse(changed)
      }),
      RUNS,
    )
  })

  it('[QA-2] [MSG2] a real message with any value replaced by any other gives a message or an error', () => {
    const anyOther = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(-1, 0.5, 2 ** 60, '', '__proto__', [], {}))
    fc.assert(
      fc.property(anyText, fc.nat(), anyOther, (text, place, other) => {
        const message: unknown = JSON.parse(text)
        const holders = holdersIn(message)
        const [holder, key] = holders[place % holders.length] ?? [{}, '']
        holder[key] = other
        parse(JSON.stringify(message))
      }),
      RUNS,
    )
  })
})

type Holder = Record<string, unknown>

/** Every place in a message that holds a value. */
function holdersIn(value: unknown): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Holder
  return Object.keys(holder).flatMap((key): [Holder, string][] => [[holder, key], ...holdersIn(holder[key])])
}
