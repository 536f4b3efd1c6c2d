/**
 * What the numbers in the records prove: holes, inversions and duplicates per stream (slot, CPU, nesting level). Pure.
 * A hole is a drop; numbers given out after the last record that arrived (the tail) are only known from the rows.
 */
import { LIMITS } from '../source/abi.ts'

/** Called for each hole: `from` to `to` never arrived. Times are those of the records before (0: none) and after it. */
export type GapListener = (stream: number, from: number, to: number, beforeNs: number, afterNs: number) => void

/** Index of a stream in the arrays of `Sequence`. */
export function streamOf(cpus: number, slot: number, cpu: number, level: number): number {
  return (slot * cpus + cpu) * LIMITS.levels + level
}

/** The (slot, CPU, level) behind a stream's index. */
export function placeOf(cpus: number, stream: number): { slot: number; cpu: number; level: number } {
  const lane = Math.floor(stream / LIMITS.levels)
  return { slot: Math.floor(lane / cpus), cpu: lane % cpus, level: stream % LIMITS.levels }
}

export class Sequence {
  readonly cpus: number
  readonly streams: number
  /** Per stream: the last number that arrived, 0 before the first. */
  readonly last: Float64Array
  /** Per stream: time of that record, ns since time zero. */
  readonly lastNs: Float64Array
  /** Per stream: numbers that never arrived, although a later one did. */
  readonly gaps: Float64Array
  /** Per stream: numbers lower than one that had arrived, or that nothing can have been counted up to. */
  readonly inversions: Float64Array
  /** Per stream: the same number twice in a row. */
  readonly duplicates: Float64Array
  readonly #onGap: GapListener

  constructor(cpus: number, onGap: GapListener = () => {}) {
    this.cpus = cpus
    this.streams = LIMITS.slots * cpus * LIMITS.levels
    this.last = new Float64Array(this.streams)
    this.lastNs = new Float64Array(this.streams)
    this.gaps = new Float64Array(this.streams)
    this.inversions = new Float64Array(this.streams)
    this.duplicates = new Float64Array(this.streams)
    this.#onGap = onGap
  }

  /** Takes in the number of the next record of a stream. */
  note(stream: number, number: number, timeNs: number): void {
    const last = this.last[stream] as number
    if (number !== last + 1) {
      if (number <= last || number > Number.MAX_SAFE_INTEGER) {
        const fault = number === last ? this.duplicates : this.inversions
        fault[stream] = (fault[stream] as number) + 1
        return
      }
      this.gaps[stream] = (this.gaps[stream] as number) + (number - last - 1)
      this.#onGap(stream, last + 1, number - 1, this.lastNs[stream] as number, timeNs)
    }
    this.last[stream] = number
    this.lastNs[stream] = timeNs
  }

  /** Time of the newest record of a slot; -Infinity before the first. */
  newestNs(slot: number): number {
    const from = streamOf(this.cpus, slot, 0, 0)
    let newest = Number.NEGATIVE_INFINITY
    for (let stream = from; stream < from + this.cpus * LIMITS.levels; stream += 1) {
      if ((this.last[stream] as number) > 0) newest = Math.max(newest, this.lastNs[stream] as number)
    }
    return newest
  }

  /** Numbers given out after the last one that arrived, when the kernel's last number is `given`. */
  tail(stream: number, given: number): number {
    return Math.max(0, given - (this.last[stream] as number))
  }
}
