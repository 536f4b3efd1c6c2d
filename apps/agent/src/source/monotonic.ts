/** CLOCK_MONOTONIC as records carry it: ns in two 32-bit words, so that times stay exact however long a host is up. */

export interface MonotonicWords {
  hi: number
  lo: number
}

const NS_PER_MS = 1e6
const WORD = 0xffff_ffffn

export function monotonicWords(): MonotonicWords {
  const now = process.hrtime.bigint()
  return { hi: Number(now >> 32n), lo: Number(now & WORD) }
}

/** ns since `zero`, without a BigInt per call. */
export function nsSince(zero: MonotonicWords): () => number {
  const now = process.hrtime.bigint()
  const milliseconds = performance.now()
  const base = Number(now - ((BigInt(zero.hi) << 32n) | BigInt(zero.lo)))
  return () => base + Math.round((performance.now() - milliseconds) * NS_PER_MS)
}
