/** The dictionary of names and paths, on the reading side. */
import type { ByteReader } from './bytes.ts'
import { isPlain, showBytes } from './shown-text.ts'

/** Arguments that one call may have. */
const CHUNK_BYTES = 8192

/**
 * [DICT1] `count` lengths, then the bytes up to the reader's end. Plain ASCII, the usual case, is decoded in one piece and
 * cut; anything else string by string. [0] is the empty string, which is not on the wire.
 */
export function readStrings(reader: ByteReader, count: number): string[] {
  const strings: string[] = ['']
  const lengths: number[] = []
  for (let i = 0; i < count; i++) lengths.push(reader.uint())
  const { u8, at: start, end } = reader
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (reader.bad || total !== end - start) {
    reader.fail()
    return strings
  }
  reader.at = end
  const plain = isPlain(u8, start, total) ? asciiText(u8, start, end) : null
  let at = 0
  for (const length of lengths) {
    strings.push(plain === null ? showBytes(u8, start + at, length) : plain.slice(at, at + length))
    at += length
  }
  return strings
}

function asciiText(u8: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += CHUNK_BYTES) {
    text += Reflect.apply(String.fromCharCode, null, u8.subarray(at, Math.min(at + CHUNK_BYTES, end)))
  }
  return text
}
