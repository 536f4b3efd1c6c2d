/**
 * Frames of this version, kept as files: whatever the encoder becomes, these are decoded as they were meant, and a change
 * of what it writes is seen. `npx vitest run golden -u` makes them anew; do so only for a change that SPEC.md tells.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeBatch } from '../src/batch-decode.ts'
import { BatchEncoder } from '../src/batch-encode.ts'
import { EVENTS } from '../src/events.ts'
import { stampFrame } from '../src/frame.ts'
import { fromGolden, toGolden } from './golden.ts'
import { ascii, connOf, type Row, readRow, rowOf, shownRow, WINDOW, write } from './rows.ts'

interface Golden {
  rows: Row[]
  withBytes: boolean
  /** Row before which a gap stands. */
  gapAt: number | null
}

const GAP = {
  slot: 2,
  lost: 1204,
  holes: 2,
  fromNs: 1_000_000_100,
  toNs: 1_000_900_000,
  cpus: [0, 1],
  streams: [
    { cpu: 1, level: 0, from: 91, to: 1292, lost: 1200 },
    { cpu: 0, level: 2, from: 7, to: 10, lost: 4 },
  ],
}
const STAMP = { number: 3, subscription: 1, skipped: 250, withheld: 3 }
const V6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
const local = { local: [10, 0, 0, 7], localPort: 443, remote: [10, 0, 3, 18], remotePort: 51_544 }

const everyType: Row[] = [
  rowOf({ type: EVENTS.fork.number, slot: 1, seq: 1, fields: [4242, 4242, ascii('sh')] }),
  rowOf({
    type: EVENTS.exec.number,
    slot: 0,
    seq: 1,
    timeNs: 1_000_050_000,
    fields: [11, ascii('/usr/bin/cat'), 0, 0],
  }),
  rowOf({ type: EVENTS.exec.number, slot: 8, seq: 1, version: 2, fields: [11, ascii('/bin/sh'), 9, 4294967311] }),
  rowOf({ type: EVENTS.open.number, slot: 1, seq: 2, fields: [3, -100, 0o2000000, 0, 257, ascii('/etc/passwd')] }),
  rowOf({ type: EVENTS.open.number, slot: 1, seq: 3, fields: [-2, -100, 0, 0, 257, Uint8Array.of(0x2f, 0xff)] }),
  rowOf({ type: EVENTS.tcp.number, slot: 1, seq: 4, fields: [connOf({ ...local, direction: 1 }), 7, 3, 1] }),
  rowOf({
    type: EVENTS.packet.number,
    seq: 8,
    cpu: 1,
    fields: [connOf({ local: V6, remote: V6, family: 6 }), 60, 2, 1],
  }),
  rowOf({ type: EVENTS.packet.number, seq: 9, cpu: 1, fields: [connOf({ protocol: 253 }), 1500, 2, 3] }),
  rowOf({ type: EVENTS.syscall.number, seq: 90, rate: 0x1999_9999, fields: [1, 110] }),
  rowOf({ type: EVENTS.syscall.number, seq: 95, rate: 0x1999_9999, flags: 1, fields: [2 ** 46 + 1, 64] }),
  rowOf({ type: EVENTS.load.number, seq: 96, fields: [2 ** 40, 512] }),
  rowOf({ type: EVENTS.tick.number, seq: 1, level: 1, timeNs: 1_000_000_900, fields: [77] }),
  rowOf({ type: EVENTS.exit.number, slot: 0, seq: 2, fields: [0, 0x8b, 1.5e9] }),
]
const oneType = Array.from({ length: 20 }, (_, i) =>
  rowOf({ seq: 100 + i, timeNs: 1e9 + i * 1000 + (i % 3), tid: 11 + (i % 2), fields: [i % 4 === 0 ? -11 : i, i % 2] }),
)

/** The highest number of everything that a kind holds. */
const widest = [rowOf({ slot: 15, level: 3, cpu: 65_535, version: 15, rate: 0 })]

const GOLDEN: Record<string, Golden> = {
  'every-type': { rows: everyType, withBytes: false, gapAt: 5 },
  'one-type': { rows: oneType, withBytes: false, gapAt: null },
  'with-bytes': {
    rows: [rowOf({ bytes: ascii('\x01\x02\x03') }), rowOf({ seq: 2, bytes: ascii('\xff') })],
    withBytes: true,
    gapAt: null,
  },
  'widest-kind': { rows: widest, withBytes: false, gapAt: null },
  'gap-alone': { rows: [], withBytes: false, gapAt: 0 },
}

function frameOf({ rows, withBytes, gapAt }: Golden): ArrayBuffer {
  const encoder = new BatchEncoder()
  rows.forEach((row, index) => {
    if (index === gapAt) encoder.gap(GAP)
    write(encoder, row, withBytes)
  })
  if (gapAt === rows.length) encoder.gap(GAP)
  const frame = encoder.finish(WINDOW)
  stampFrame(frame, STAMP)
  return frame
}

describe.each(Object.entries(GOLDEN))('golden frame %s', (name, golden) => {
  it('[FR2] the encoder writes it', async () => {
    await expect(toGolden(frameOf(golden))).toMatchFileSnapshot(`./golden/${name}.hex`)
  })

  it('[FR2] the decoder reads it', () => {
    const text = readFileSync(new URL(`./golden/${name}.hex`, import.meta.url), 'utf8')
    const batch = decodeBatch(fromGolden(text))
    if (!batch.ok) throw new Error(batch.message)
    expect(batch).toMatchObject({ ...WINDOW, ...STAMP })
    expect(golden.rows.map((_, row) => readRow(batch, row))).toEqual(
      golden.rows.map((row) => shownRow(row, golden.withBytes)),
    )
    expect(batch.gaps).toEqual(golden.gapAt === null ? [] : [{ row: golden.gapAt, ...GAP }])
  })
})
