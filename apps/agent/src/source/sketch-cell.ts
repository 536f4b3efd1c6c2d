/**
 * Which cell of a count-min sketch a key falls into: the arithmetic of struct rs_sketch in packages/bpf/include/abi.h.
 * In BigInt, exact and slow: for candidates and for the synthetic source, never for each event of a kernel.
 */
import { ABI, LIMITS } from './abi.ts'

const { rs_heavy_key } = ABI.structs
const FIRST_FACTOR = 0xff51afd7ed558ccdn
const SECOND_FACTOR = 0xc4ceb9fe1a85ec53n
const CELL_SHIFT = BigInt(64 - Math.log2(LIMITS.sketchCells))
const MASK = 0xffff_ffff_ffff_ffffn

/** @param view holds a struct rs_heavy_key at `at` @returns 64 bits */
export function keyDigest(view: DataView, at: number): bigint {
  const kind = BigInt(view.getUint32(at + rs_heavy_key.members.kind, true))
  const tag = BigInt(view.getUint32(at + rs_heavy_key.members.tag, true))
  const first = view.getBigUint64(at + rs_heavy_key.members.bytes, true)
  const second = view.getBigUint64(at + rs_heavy_key.members.bytes + 8, true)
  const digest = ((kind << 32n) | tag) ^ ((first * FIRST_FACTOR) & MASK) ^ ((second * SECOND_FACTOR) & MASK)
  return digest ^ (digest >> 32n)
}

/** @param seeds of each row two words, the low one first @returns by row: the cell of a key with this digest */
export function cellsOf(digest: bigint, seeds: Uint32Array): number[] {
  return Array.from({ length: LIMITS.sketchRows }, (_, row) => {
    const seed = (BigInt(seeds[row * 2 + 1] as number) << 32n) | BigInt(seeds[row * 2] as number)
    return Number(((digest * seed) & MASK) >> CELL_SHIFT)
  })
}
