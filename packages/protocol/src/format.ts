/** How numbers, bytes, times and addresses are written everywhere: pure, no locale of the machine. */

/** Thousands separated: 1,204. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const digits = Math.abs(Math.round(value)).toString()
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ',')
  return Math.round(value) < 0 ? `−${grouped}` : grouped
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Binary units, at most three digits that matter: 640 KiB, 1.5 MiB. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, BYTE_UNITS, 1024)
}

const COUNT_UNITS = ['', 'k', 'M', 'G', 'T'] as const

/** Decimal units: 1.2 M. For axes and narrow places; formatCount is the exact form. */
export function formatShort(value: number): string {
  return scaled(value, COUNT_UNITS, 1000).trimEnd()
}

/** Events a second: exact below a hundred thousand, short above. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '–'
  return `${perSecond < 100_000 ? formatCount(perSecond) : formatShort(perSecond)} ev/s`
}

const TIME_UNITS = ['ns', 'µs', 'ms', 's'] as const

/** A duration in ns: 12.4 µs, 3.2 s, 4 min 5 s, 2 h 3 min. */
export function formatDuration(ns: number): string {
  if (!Number.isFinite(ns)) return '–'
  if (ns < 0) return `−${formatDuration(-ns)}`
  const seconds = Math.round(ns / 1e9)
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return scaled(ns, TIME_UNITS, 1000)
}

/** A share in [0, 1]; null, where there is nothing to divide by, is a dash. */
export function formatShare(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return '–'
  const percent = share * 100
  if (percent === 0) return '0 %'
  if (percent < 0.01) return '< 0.01 %'
  if (percent < 100 && percent > 99.99) return '> 99.99 %'
  return `${trimmed(percent, percent < 1 ? 2 : percent < 10 ? 1 : percent > 99 ? 2 : 0)} %`
}

function scaled(value: number, units: readonly string[], base: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value < 0) return `−${scaled(-value, units, base)}`
  let rest = value
  let unit = 0
  while (rest >= base - 0.5 && unit + 1 < units.length) {
    rest /= base
    unit++
  }
  const digits = unit === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2
  return `${trimmed(rest, digits)} ${units[unit] ?? ''}`
}

function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return digits === 0 ? formatCount(Number(text)) : text.replace(/\.?0+$/, '')
}

/** @param u8 holds 4 or 16 address bytes at `at`, in network order @param family 4 or 6; anything else is shown as hex */
export function formatAddress(u8: Uint8Array, at: number, family: number): string {
  if (family === 4) return `${u8[at]}.${u8[at + 1]}.${u8[at + 2]}.${u8[at + 3]}`
  if (family === 6) return formatAddress6(u8, at)
  let hex = ''
  for (let i = 0; i < 16; i++) hex += (u8[at + i] ?? 0).toString(16).padStart(2, '0')
  return /^0*$/.test(hex) ? '?' : `0x${hex}`
}

/** RFC 5952: the leftmost longest run of two zero groups or more becomes `::`; IPv4-mapped addresses keep their dots. */
function formatAddress6(u8: Uint8Array, at: number): string {
  const groups: number[] = []
  for (let i = 0; i < 8; i++) groups.push(((u8[at + 2 * i] ?? 0) << 8) | (u8[at + 2 * i + 1] ?? 0))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatAddress(u8, at + 12, 4)}`
  }
  const hex = groups.map((group) => group.toString(16))
  const [start, length] = longestZeroRun(groups)
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0]
  let length = 0
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) length++
    else {
      if (length > best[1]) best = [i - length, length]
      length = 0
    }
  }
  return best
}

/** An address with its port: 10.0.0.7:443, [::1]:443. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Bytes as hex pairs, for copying. */
export function formatHex(u8: Uint8Array): string {
  return Array.from(u8, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
