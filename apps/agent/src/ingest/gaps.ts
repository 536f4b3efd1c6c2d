/** Merges the holes of a flush window into one gap per slot, as batches carry them. Pure. */
import type { Gap } from '@ringside/protocol'
import { placeOf } from './sequence.ts'

export type SlotGap = Omit<Gap, 'row'>

interface OpenGap extends Omit<SlotGap, 'cpus'> {
  cpus: Set<number>
}

export class GapCollector {
  readonly #cpus: number
  readonly #open = new Map<number, OpenGap>()

  constructor(cpus: number) {
    this.#cpus = cpus
  }

  get any(): boolean {
    return this.#open.size > 0
  }

  /** A GapListener. A stream's first records may be missing: then no time before is known. */
  readonly note = (stream: number, from: number, to: number, beforeNs: number, afterNs: number): void => {
    const { slot, cpu } = placeOf(this.#cpus, stream)
    const fromNs = from === 1 ? afterNs : beforeNs
    const gap = this.#open.get(slot)
    if (gap === undefined) {
      this.#open.set(slot, { slot, lost: to - from + 1, holes: 1, fromNs, toNs: afterNs, cpus: new Set([cpu]) })
      return
    }
    gap.lost += to - from + 1
    gap.holes += 1
    gap.fromNs = Math.min(gap.fromNs, fromNs)
    gap.toNs = Math.max(gap.toNs, afterNs)
    gap.cpus.add(cpu)
  }

  /** The gaps since the last call, by time. */
  take(): SlotGap[] {
    const gaps = Array.from(this.#open.values(), (gap) => ({ ...gap, cpus: [...gap.cpus].sort((a, b) => a - b) }))
    this.#open.clear()
    return gaps.sort((a, b) => a.fromNs - b.fromNs)
  }
}
