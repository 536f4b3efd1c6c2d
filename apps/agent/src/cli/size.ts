/** Sizes in bytes, as people type them. */

const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmg])(?:i?b)?|b)?$/i

/** '8 MiB', '8M', '512k', '65536' → bytes; null when it is none of these. Units are powers of 1024. */
export function parseSize(text: string): number | null {
  const match = SIZE.exec(text.trim())
  if (match === null) return null
  const power = match[2] === undefined ? 0 : 'kmg'.indexOf(match[2].toLowerCase()) + 1
  const bytes = Number(match[1]) * 1024 ** power
  return Number.isInteger(bytes) ? bytes : null
}
