/** Collects the holes of a flush window as one gap per slot, with the streams that they are in. [ACC-9] Pure. */
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
    const { slot, cpu, level } = placeOf(this.#cpus, stream)
    const lost = to - from + 1
    const fromNs = from === 1 ? afterNs : beforeNs
    const streams = [{ cpu, level, from, to, lost }]
    this.#sum.add({ slot, lost, holes: 1, fromNs, toNs: afterNs, cpus: [cpu], streams })
  }

  /** The gaps that begin no later than this, by time; the others wait, as the rows around them do. */
  take(untilNs = Number.POSITIVE_INFINITY): SlotGap[] {
    const gaps = this.#sum.take()
    const told = gaps.filter(({ fromNs }) => fromNs <= untilNs)
    for (const gap of gaps) if (gap.fromNs > untilNs) this.#sum.add(gap)
    return told
  }
}
