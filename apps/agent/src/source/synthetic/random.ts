/** Seeded pseudo-random numbers (mulberry32): the same seed tells the same story. */
import { LIMITS } from '../abi.ts'

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** In [0, 1). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.unit() * below)
  }

  /** A whole number in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  chance(share: number): boolean {
    return this.unit() < share
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }
}

/** Of a sketch: odd 64-bit multipliers, two words each, the low one first. */
export function seedsOf(seed: number): Uint32Array {
  const random = new Random(seed)
  return Uint32Array.from({ length: LIMITS.sketchRows * 2 }, (_, word) => {
    const drawn = random.below(2 ** 32)
    return word % 2 === 0 ? drawn | 1 : drawn
  })
}
