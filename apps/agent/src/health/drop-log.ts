/** Where events were dropped, and why: each drop under its slot, type, CPU and reason, with when it was noticed. [ACC-8] Pure. */
import { DROP_REASONS, type Drop, EVENT_BY_NUMBER, SLOT_NAMES } from '@ringside/protocol'
import { LIMITS } from '../source/abi.ts'
import { dropPlace, type Ledger } from './rows.ts'

/** Places that are named in one message. */
const NAMED = 64

interface Noticed {
  count: number
  firstMs: number
  lastMs: number
}

export interface Drops {
  drops: Drop[]
  /** What other places dropped: nothing is left out. */
  dropsElsewhere: number
}

export class DropLog {
  readonly #cpus: number
  /** By `dropKey`. */
  readonly #noticed = new Map<number, Noticed>()

  constructor(cpus: number) {
    this.#cpus = cpus
  }

  take(ledger: Ledger, timeMs: number): Drops {
    let total = 0
    for (const [key, count] of ledger.drops) {
      total += count
      this.#notice(key, count, timeMs)
    }
    const worst = [...this.#noticed].sort(([a, x], [b, y]) => y.count - x.count || a - b)
    const drops: Drop[] = []
    for (const [key, noticed] of worst) {
      const drop = this.#name(key, noticed)
      if (drop === null) continue
      if (drops.length === NAMED) break
      drops.push(drop)
    }
    return { drops, dropsElsewhere: total - drops.reduce((sum, { count }) => sum + count, 0) }
  }

  #notice(key: number, count: number, timeMs: number): void {
    const known = this.#noticed.get(key)
    if (known === undefined) this.#noticed.set(key, { count, firstMs: timeMs, lastMs: timeMs })
    else if (known.count !== count) {
      known.count = count
      known.lastMs = timeMs
    }
  }

  /** null: of a type that has no name. */
  #name(key: number, noticed: Noticed): Drop | null {
    const { cell, cpu, reason } = dropPlace(this.#cpus, key)
    const slot = SLOT_NAMES[Math.floor(cell / LIMITS.types)]
    const type = EVENT_BY_NUMBER[cell % LIMITS.types]?.type
    const named = DROP_REASONS[reason]
    return slot === undefined || type === undefined || named === undefined
      ? null
      : { slot, type, cpu, reason: named, ...noticed }
  }
}
