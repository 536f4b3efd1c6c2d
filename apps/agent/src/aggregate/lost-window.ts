/** What the top tables cannot know of: events dropped and shed in the last seconds, by event type. Pure. */
import type { Ledger } from '../health/rows.ts'
import { LIMITS } from '../source/abi.ts'

export class LostWindow {
  readonly #seconds: number
  /** By type, one per second, newest last. */
  #lost: Float64Array[] = []
  #before: Ledger | null = null

  constructor(seconds: number) {
    this.#seconds = seconds
  }

  /** A second has passed; the ledger as it stands now. */
  advance(ledger: Ledger): void {
    const lost = new Float64Array(LIMITS.types)
    for (let cell = 0; cell < LIMITS.slots * LIMITS.types; cell += 1) {
      const type = cell % LIMITS.types
      lost[type] = (lost[type] as number) + lostOf(ledger, this.#before, cell)
    }
    this.#before = ledger
    this.#lost.push(lost)
    this.#lost = this.#lost.slice(-this.#seconds)
  }

  /** Sum over these types, in events that were seen: one lost after sampling stands for those sampled with it. */
  of(types: readonly number[]): number {
    let sum = 0
    for (const lost of this.#lost) for (const type of types) sum += lost[type] as number
    return Math.ceil(sum)
  }
}

function lostOf(now: Ledger, before: Ledger | null, cell: number): number {
  const grown = (table: Float64Array, tableBefore: Float64Array | undefined) =>
    (table[cell] as number) - (tableBefore?.[cell] ?? 0)
  const lost = grown(now.dropped, before?.dropped) + grown(now.fates.shed, before?.fates.shed)
  if (lost === 0) return 0
  const drawn = grown(now.fates.seen, before?.fates.seen) - grown(now.fates.filtered, before?.fates.filtered)
  const kept = drawn - grown(now.fates.sampled, before?.fates.sampled)
  return kept > 0 ? (lost * drawn) / kept : lost
}
