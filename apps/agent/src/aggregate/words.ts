/** 64-bit integers of the kernel's tables, read without a BigInt: exact below 2^53. */

/** CLOCK_MONOTONIC ns in two words. */
export interface Words {
  hi: number
  lo: number
}

const TWO_32 = 2 ** 32

export function u64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true)
}

/** ns from `zero` to a time; exact however long the host has been up. */
export function nsBetween(zero: Words, time: Words): number {
  return (time.hi - zero.hi) * TWO_32 + (time.lo - zero.lo)
}

/** @param view holds a time, ns of CLOCK_MONOTONIC, at `at` */
export function nsSinceZero(view: DataView, at: number, zero: Words): number {
  return nsBetween(zero, { hi: view.getUint32(at + 4, true), lo: view.getUint32(at, true) })
}
