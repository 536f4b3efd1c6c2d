/** Golden frames as text: hex, one line per column, so that a change of the format can be read in a diff. */
import { ByteReader } from '../src/bytes.ts'
import { COLUMN, ENCODING, PREFIX_BYTES } from '../src/frame.ts'

const COLUMN_NAMES = names(COLUMN)
const ENCODING_NAMES = names(ENCODING)

function names(numbers: Readonly<Record<string, number>>): Map<number, string> {
  return new Map(Object.entries(numbers).map(([name, number]) => [number, name]))
}

export function toGolden(frame: ArrayBuffer): string {
  const u8 = new Uint8Array(frame)
  const lines = [`${hex(u8.subarray(0, PREFIX_BYTES))} # prefix`]
  const reader = new ByteReader(u8, PREFIX_BYTES, u8.length)
  while (reader.at < reader.end) {
    const start = reader.at
    const id = reader.byte()
    const encoding = ENCODING_NAMES.get(reader.byte())
    const length = reader.uint()
    reader.at += length
    const name = id < 128 ? COLUMN_NAMES.get(id) : `field ${id & 7} of type ${(id >> 3) & 15}`
    lines.push(`${hex(u8.subarray(start, reader.at))} # ${name}, ${encoding}`)
  }
  return `${lines.join('\n')}\n`
}

export function fromGolden(text: string): ArrayBuffer {
  const digits = text.replace(/#.*$/gm, '').replace(/\s+/g, '')
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).buffer
}

function hex(u8: Uint8Array): string {
  return Array.from(u8, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
