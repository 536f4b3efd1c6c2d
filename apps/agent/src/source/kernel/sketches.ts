/** The count-min sketches of one bank: summed over CPUs and levels, and emptied. Nobody may count into it meanwhile. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BpfMap } from '@ringside/native'
import { ABI, LIMITS } from '../abi.ts'

const { rs_sketch } = ABI.structs
const { total, cell } = rs_sketch.members
const CELLS = LIMITS.kinds * LIMITS.sketchRows * LIMITS.sketchCells
/** Between two turns of the event loop: some 2 ms. */
const SKETCHES_PER_TURN = 32

export interface SketchSums {
  /** By kind. */
  totals: Float64Array
  /** By kind, row and cell. */
  cells: Float64Array
  bytesRead: number
}

/** @param first index of the bank's first sketch @param count how many it has */
export async function takeSketches(map: BpfMap, first: number, count: number): Promise<SketchSums> {
  const sums: SketchSums = {
    totals: new Float64Array(LIMITS.kinds),
    cells: new Float64Array(CELLS),
    bytesRead: 0,
  }
  const bytes = new Uint8Array(rs_sketch.bytes)
  const head = bytes.subarray(0, cell)
  const totals = new BigUint64Array(bytes.buffer, total, LIMITS.kinds)
  const cells = new Uint32Array(bytes.buffer, cell, CELLS)
  let taken = 0
  const none = new Uint8Array(rs_sketch.bytes)
  for (let index = 0; index < count; index += 1) {
    const at = (first + index) * rs_sketch.bytes
    map.read(at, head)
    sums.bytesRead += head.length
    // Most levels of most CPUs have counted nothing.
    if (totals.every((counted) => counted === 0n)) continue
    map.read(at, bytes)
    map.write(at, none)
    sums.bytesRead += bytes.length
    add(sums.totals, totals)
    add(sums.cells, cells)
    taken += 1
    if (taken % SKETCHES_PER_TURN === 0) await nextTurn()
  }
  return sums
}

function add(sums: Float64Array, counts: BigUint64Array | Uint32Array): void {
  for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] as number) + Number(counts[at])
}
