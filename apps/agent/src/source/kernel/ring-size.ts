/** Which sizes a ring may have, asked before any system call. Pure. */
import { formatBytes } from '@ringside/protocol'
import { KernelError } from './kernel-error.ts'

export const RING_BYTES_MIN = 4096
export const RING_BYTES_MAX = 64 * 1024 * 1024

/** The smallest legal size: a ring is made of whole pages. */
function smallest(pageBytes: number): number {
  return Math.max(RING_BYTES_MIN, pageBytes)
}

/** The legal sizes around `bytes`, one or two. */
export function nearestRingSizes(bytes: number, pageBytes: number): number[] {
  const least = smallest(pageBytes)
  if (!(bytes > least)) return [least]
  if (bytes >= RING_BYTES_MAX) return [RING_BYTES_MAX]
  const below = 2 ** Math.floor(Math.log2(bytes))
  return [below, below * 2]
}

/** @throws KernelError ESIZE, naming the nearest legal sizes */
export function checkRingSize(bytes: number, pageBytes: number): void {
  const least = smallest(pageBytes)
  const powerOfTwo = Number.isSafeInteger(bytes) && bytes > 0 && Number.isInteger(Math.log2(bytes))
  if (powerOfTwo && bytes >= least && bytes <= RING_BYTES_MAX) return
  const asked = Number.isFinite(bytes) && bytes >= 0 ? formatBytes(bytes) : String(bytes)
  const range = `${formatBytes(least)} to ${formatBytes(RING_BYTES_MAX)}`
  const nearest = nearestRingSizes(bytes, pageBytes).map(formatBytes).join(' or ')
  throw new KernelError('ESIZE', `a buffer cannot have ${asked}: it is a power of two, ${range}`, `Take ${nearest}.`)
}
