/** Collects the holes of a flush window as one gap per slot. Pure. */
import { GapSum, type SlotGap } from '@ringside/protocol'
import { placeOf } from './sequence.ts'

export class GapCollector {
  readonly #cpus: number
  readonly #sum = new GapSum()

  constructor(cpus: number) {
    this.#cpus = cpus
  }

  get any(): boolean {
    return this.#sum.any
  }

  /** A GapListener. A stream's first records may be missing: then no time before is known. */
  readonly note = (stream: number, from: number, to: number, beforeNs: number, afterNs: number): void => {
    const { slot, cpu } = placeOf(this.#cpus, stream)
    const fromNs = from === 1 ? afterNs : beforeNs
    this.#sum.add({ slot, lost: to - from + 1, holes: 1, fromNs, toNs: afterNs, cpus: [cpu] })
  }

  /** The gaps since the last call, by time. */
  take(): SlotGap[] {
    return this.#sum.take()
  }
}
