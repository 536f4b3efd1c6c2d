/** The distinct subscriptions of all clients: equal ones share one demand, and so one encoding of every batch. */
import type { Subscribe } from '@ringside/protocol'
import type { Demand } from '../ingest/messages.ts'

export class Demands {
  readonly #onChange: (demands: Demand[]) => void
  readonly #byKey = new Map<string, { demand: Demand; users: number }>()
  #lastId = 0

  constructor(onChange: (demands: Demand[]) => void) {
    this.#onChange = onChange
  }

  /** @returns the demand's id, which is never used again for another one */
  acquire(subscribe: Subscribe): number {
    const key = demandKey(subscribe)
    const shared = this.#byKey.get(key)
    if (shared !== undefined) {
      shared.users += 1
      return shared.demand.id
    }
    this.#lastId += 1
    const { filter, rowsPerSecond, bytes } = subscribe
    this.#byKey.set(key, { demand: { id: this.#lastId, filter, rowsPerSecond, bytes }, users: 1 })
    this.#tell()
    return this.#lastId
  }

  release(id: number): void {
    for (const [key, entry] of this.#byKey) {
      if (entry.demand.id !== id) continue
      entry.users -= 1
      if (entry.users > 0) return
      this.#byKey.delete(key)
      this.#tell()
      return
    }
  }

  #tell(): void {
    this.#onChange([...this.#byKey.values()].map(({ demand }) => demand))
  }
}

/** What a subscription asks for, so that equal ones share their batches. */
function demandKey({ filter, rowsPerSecond, bytes }: Subscribe): string {
  const types = [...new Set(filter.types)].sort()
  const slots = [...new Set(filter.slots)].sort()
  return JSON.stringify([types, slots, filter.text, rowsPerSecond, bytes])
}
