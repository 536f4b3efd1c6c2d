/**
 * Text from the observed host is hostile: any bytes, chosen by whoever names a file or a process. This makes a string of
 * it that is safe to render, and that tells different bytes apart: SPEC.md [TEXT].
 */

/** The bytes as text. Control characters, invisible and bidirectional ones, invalid UTF-8 and `\` are escaped as in C. */
export function showBytes(u8: Uint8Array, at: number, length: number): string {
  const end = at + length
  let text = ''
  let i = at
  while (i < end) {
    const byte = u8[i] as number
    if (isPlainByte(byte)) {
      text += String.fromCharCode(byte)
      i++
      continue
    }
    const point = byte < 0x80 ? byte : codePointAt(u8, i, end)
    if (point < 0) {
      text += escapedByte(byte)
      i++
    } else {
      text += isShowable(point) ? String.fromCodePoint(point) : escapedPoint(point)
      i += utf8Length(point)
    }
  }
  return text
}

/** The same for a string that did not come as bytes. A lone surrogate is escaped. */
export function showString(value: string): string {
  let text = ''
  for (const character of value) {
    const point = character.codePointAt(0) ?? 0
    text += isShowable(point) ? character : escapedPoint(point)
  }
  return text
}

/** Bytes of a string as UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = 0
  for (const character of text) bytes += utf8Length(character.codePointAt(0) ?? 0)
  return bytes
}

/** Whether showing the bytes leaves every one as it is. */
export function isPlain(u8: Uint8Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) if (!isPlainByte(u8[i] as number)) return false
  return true
}

const BACKSLASH = 0x5c
const SHORT_ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', [BACKSLASH]: '\\\\' }

function isPlainByte(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== BACKSLASH
}

/** Code points that are invisible, or change how others are shown; and the escape's own character. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\\]/u

function isShowable(point: number): boolean {
  if (point >= 0x20 && point < 0x7f) return point !== BACKSLASH
  return !HIDDEN.test(String.fromCodePoint(point))
}

function escapedByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

function escapedPoint(point: number): string {
  return SHORT_ESCAPES[point] ?? (point < 0x80 ? escapedByte(point) : `\\u{${point.toString(16)}}`)
}

function utf8Length(point: number): number {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4
}

/** The code point at `i`, or −1 where the bytes are no UTF-8: overlong, a surrogate, above U+10FFFF, cut off. */
function codePointAt(u8: Uint8Array, i: number, end: number): number {
  const first = u8[i] as number
  const more =
    first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0
  if (more === 0 || i + more >= end) return -1
  let point = first & (0x3f >> more)
  for (let k = 1; k <= more; k++) {
    const byte = u8[i + k] as number
    if ((byte & 0xc0) !== 0x80) return -1
    point = (point << 6) | (byte & 0x3f)
  }
  const overlong = (more === 2 && point < 0x800) || (more === 3 && point < 0x1_0000)
  const surrogate = point >= 0xd800 && point <= 0xdfff
  return overlong || surrogate || point > 0x10_ffff ? -1 : point
}
