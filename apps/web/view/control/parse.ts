/** What an operator types, as numbers. Pure. */

const UNIT: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** "16 MiB", "16M", "16384" → bytes; null when it is no size. Whether the size is legal is the agent's to say. */
export function parseBytes(text: string): number | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*([bkmg]?)(?:i?b)?\s*$/i.exec(text)
  if (found === null) return null
  const bytes = Number(found[1]) * (UNIT[(found[2] ?? '').toLowerCase()] ?? 1)
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** "10", "10 %", "0.5%" → a share in [0, 1]; "1:10" → 0.1; null when it is none. */
export function parseShare(text: string): number | null {
  const ratio = /^\s*1\s*:\s*(\d+(?:\.\d+)?)\s*$/.exec(text)
  if (ratio !== null) return Number(ratio[1]) >= 1 ? 1 / Number(ratio[1]) : null
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(text)
  if (percent === null) return null
  const share = Number(percent[1]) / 100
  return share <= 1 ? share : null
}

/** A share as it is typed: 0.1 → "10". */
export function shareText(share: number): string {
  return String(Number((share * 100).toPrecision(6)))
}

/** "50", "50 ms", "0.05 s" → milliseconds; null when it is no time. */
export function parseMs(text: string): number | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(ms|s)?\s*$/i.exec(text)
  if (found === null) return null
  return Number(found[1]) * (found[2]?.toLowerCase() === 's' ? 1_000 : 1)
}
