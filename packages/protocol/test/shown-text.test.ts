/** Hostile text: what is shown is harmless and tells different bytes apart. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { showBytes, showString } from '../src/shown-text.ts'
import { ascii } from './rows.ts'

function shown(bytes: Uint8Array): string {
  return showBytes(bytes, 0, bytes.length)
}

/** The other way round, for the proof that nothing is lost. */
function unshown(text: string): Uint8Array {
  const escapes = /\\(?:x([0-9a-f]{2})|u\{([0-9a-f]+)\}|([tnr\\]))/g
  const plain: Record<string, number> = { t: 9, n: 10, r: 13, '\\': 0x5c }
  const bytes: number[] = []
  let at = 0
  for (const match of text.matchAll(escapes)) {
    bytes.push(...new TextEncoder().encode(text.slice(at, match.index)))
    if (match[1] !== undefined) bytes.push(Number.parseInt(match[1], 16))
    else if (match[2] !== undefined) {
      bytes.push(...new TextEncoder().encode(String.fromCodePoint(Number.parseInt(match[2], 16))))
    } else bytes.push(plain[match[3] ?? ''] ?? 0)
    at = match.index + match[0].length
  }
  bytes.push(...new TextEncoder().encode(text.slice(at)))
  return Uint8Array.from(bytes)
}

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('text from the host', () => {
  it.each([
    ['plain text', '/etc/passwd', '/etc/passwd'],
    ['letters of the world', 'Größe 文件 🎈', 'Größe 文件 🎈'],
    ['control characters', 'a\nb\u0007\u007f', 'a\\nb\\x07\\x7f'],
    ['a terminal escape', '\u001b[2J', '\\x1b[2J'],
    ['right-to-left override', 'cod\u202eexe.txt', 'cod\\u{202e}exe.txt'],
    ['zero-width joiners and marks', 'a\u200bb\u200fc\ufeff', 'a\\u{200b}b\\u{200f}c\\u{feff}'],
    ['tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a backslash', 'a\\x07', 'a\\\\x07'],
  ])('[TEXT1] %s', (_, raw, expected) => {
    expect(shown(utf8(raw))).toBe(expected)
    expect(showString(raw)).toBe(expected)
  })

  it.each([
    ['a lone continuation', [0x80], '\\x80'],
    ['an overlong slash', [0xc0, 0xaf], '\\xc0\\xaf'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['a cut character', [0x61, 0xe2, 0x82], 'a\\xe2\\x82'],
    ['above Unicode', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
  ])('[TEXT2] bytes that are no UTF-8: %s', (_, bytes, expected) => {
    expect(shown(Uint8Array.from(bytes))).toBe(expected)
  })

  it('[TEXT2] a lone surrogate in a string is escaped', () => {
    expect(showString('a\ud800')).toBe('a\\u{d800}')
  })

  it('[TEXT3] different bytes are shown differently: the bytes can be had back', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.string({ unit: 'binary' }).map(utf8))
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(unshown(shown(raw))).toEqual(raw)
      }),
      { numRuns: 2000 },
    )
  })

  it('[TEXT1] nothing that is shown is hidden or moves the rest', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }).map(utf8), (raw) => {
        expect(shown(raw)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      }),
      { numRuns: 5000 },
    )
  })

  it('[TEXT1] showing reads only its range', () => {
    expect(showBytes(ascii('xxabcyy'), 2, 3)).toBe('abc')
  })
})
