/** Reads one column's values in whichever encoding it says it has. False where the bytes do not hold them. */
import { ByteReader } from './bytes.ts'
import { ENCODING } from './frame.ts'

export interface ColumnRange {
  u8: Uint8Array
  encoding: number
  at: number
  end: number
}

export function readColumn(range: ColumnRange): ByteReader {
  return new ByteReader(range.u8, range.at, range.end)
}

/** [COL3] Any encoding of integers. */
export function readInts(range: ColumnRange, count: number, out: Float64Array): boolean {
  const reader = readColumn(range)
  const read = READERS[range.encoding]
  if (read === undefined) return false
  read(reader, count, out)
  return !reader.bad && reader.at === reader.end
}

/** Indexes below `limit`. */
export function readIndexes(range: ColumnRange, count: number, limit: number, out: Uint32Array): boolean {
  if (range.encoding === ENCODING.uint) return readPlainIndexes(range, count, limit, out)
  if (range.encoding !== ENCODING.same) return false
  const reader = readColumn(range)
  const value = reader.int()
  if (reader.bad || reader.at !== reader.end || value < 0 || value >= limit) return false
  out.fill(value, 0, count)
  return true
}

function readPlainIndexes(range: ColumnRange, count: number, limit: number, out: Uint32Array): boolean {
  const reader = readColumn(range)
  const u8 = range.u8
  for (let i = 0; i < count; i++) {
    const byte = reader.at < reader.end ? (u8[reader.at] as number) : 128
    let value = byte
    if (byte < 128) reader.at++
    else value = reader.uint()
    if (value >= limit) return false
    out[i] = value
  }
  return !reader.bad && reader.at === reader.end
}

type Read = (reader: ByteReader, count: number, out: Float64Array) => void

const READERS: Readonly<Record<number, Read>> = {
  [ENCODING.uint]: (reader, count, out) => {
    for (let i = 0; i < count && !reader.bad; i++) out[i] = reader.uint()
  },
  [ENCODING.int]: (reader, count, out) => {
    for (let i = 0; i < count && !reader.bad; i++) out[i] = reader.int()
  },
  [ENCODING.delta]: (reader, count, out) => {
    let value = 0
    for (let i = 0; i < count && !reader.bad; i++) {
      value += reader.int()
      if (!Number.isSafeInteger(value)) reader.fail()
      out[i] = value
    }
  },
  [ENCODING.same]: (reader, count, out) => {
    out.fill(reader.int(), 0, count)
  },
  [ENCODING.step]: (reader, count, out) => {
    const first = reader.int()
    const step = reader.int()
    if (!Number.isSafeInteger(first + step * Math.max(0, count - 1))) reader.fail()
    for (let i = 0; i < count; i++) out[i] = first + step * i
  },
  [ENCODING.dict]: (reader, count, out) => {
    const entries = reader.uint()
    if (entries > reader.end - reader.at) {
      reader.fail()
      return
    }
    const values = new Float64Array(entries)
    for (let i = 0; i < entries; i++) values[i] = reader.int()
    for (let i = 0; i < count && !reader.bad; i++) {
      const index = reader.uint()
      if (index >= entries) reader.fail()
      out[i] = values[index] ?? 0
    }
  },
}
