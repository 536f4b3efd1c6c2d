/** Tells which slots are at rest: nothing has come to them since the look before, and nothing was left of what had. Pure. */
import { LIMITS } from '../source/abi.ts'
import type { Ledger } from './rows.ts'

interface Look {
  ledger: Ledger
  usedBytes: readonly number[]
}

export class RestWatch {
  readonly #cpus: number
  #before: Look | null = null

  constructor(cpus: number) {
    this.#cpus = cpus
  }

  /** @param usedBytes by slot @returns the slots that are as they were at the last call, with empty buffers */
  look(ledger: Ledger, usedBytes: readonly number[]): Set<number> {
    const now = { ledger, usedBytes }
    const before = this.#before
    this.#before = now
    if (before === null) return new Set()
    const slots = Array.from({ length: LIMITS.slots }, (_, slot) => slot)
    return new Set(slots.filter((slot) => this.#isAtRest(before, now, slot)))
  }

  #isAtRest(before: Look, now: Look, slot: number): boolean {
    const streams = this.#cpus * LIMITS.levels
    return (
      (before.usedBytes[slot] ?? 0) === 0 &&
      (now.usedBytes[slot] ?? 0) === 0 &&
      areEqual(before.ledger.fates.seen, now.ledger.fates.seen, slot * LIMITS.types, LIMITS.types) &&
      areEqual(before.ledger.given, now.ledger.given, slot * streams, streams)
    )
  }
}

function areEqual(a: Float64Array, b: Float64Array, from: number, count: number): boolean {
  for (let at = from; at < from + count; at += 1) if (a[at] !== b[at]) return false
  return true
}
