/** Count-min (Cormode, Muthukrishnan, 2005) over the cells that the kernel counted into. Pure. */
import { LIMITS } from '../source/abi.ts'
import { cellsOf, keyDigest } from '../source/sketch-cell.ts'

/** A count is too high by at most EPSILON × the events counted, but for a probability of DELTA. */
export const EPSILON = Math.E / LIMITS.sketchCells
export const DELTA = Math.exp(-LIMITS.sketchRows)

/** Of the cells of all kinds (kinds × sketchRows × sketchCells), those of one. */
export function cellsOfKind(cells: Float64Array, kind: number): Float64Array {
  const each = LIMITS.sketchRows * LIMITS.sketchCells
  return cells.subarray(kind * each, (kind + 1) * each)
}

/**
 * Never less than the true count.
 * @param key struct rs_heavy_key at `at` @param cells sketchRows × sketchCells counts of its kind, summed over CPUs and levels
 */
export function estimateOf(key: DataView, at: number, cells: Float64Array, seeds: Uint32Array): number {
  let estimate = Number.POSITIVE_INFINITY
  for (const [row, cell] of cellsOf(keyDigest(key, at), seeds).entries()) {
    estimate = Math.min(estimate, cells[row * LIMITS.sketchCells + cell] as number)
  }
  return estimate
}
