/**
 * The distinct subscriptions of all clients: equal ones share one demand, and so one encoding of every batch. Ingest is
 * told of every change with a version, and answers with it where the change takes effect.
 */
import type { Subscribe } from '@ringside/protocol'
import type { Demand } from '../ingest/messages.ts'

export class Demands {
  /** Of what ingest was told last. */
  version = 0
  readonly #onChange: (demands: Demand[], version: number) => void
  readonly #byKey = new Map<string, { demand: Demand; users: number }>()
  #lastId = 0

  constructor(onChange: (demands: Demand[], version: number) => void) {
    this.#onChange = onChange
  }

  /**
   * Tells ingest in any case: its answer is where the new user's account begins, though others use the demand already.
   * @returns the demand's id, which is never used again for another one
   */
  acquire(subscribe: Subscribe): number {
    const key = demandKey(subscribe)
    let entry = this.#byKey.get(key)
    if (entry === undefined) {
      this.#lastId += 1
      const { filter, rowsPerSecond, bytes } = subscribe
      entry = { demand: { id: this.#lastId, filter, rowsPerSecond, bytes }, users: 0 }
      this.#byKey.set(key, entry)
    }
    entry.users += 1
    this.#tell()
    return entry.demand.id
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
    this.version += 1
    this.#onChange(
      [...this.#byKey.values()].map(({ demand }) => demand),
      this.version,
    )
  }
}

/** What a subscription asks for, so that equal ones share their batches. */
function demandKey({ filter, rowsPerSecond, bytes }: Subscribe): string {
  const types = [...new Set(filter.types)].sort()
  const slots = [...new Set(filter.slots)].sort()
  return JSON.stringify([types, slots, filter.text, rowsPerSecond, bytes])
}
