/** What was asked for and what became of it, newest last, as every page is told. Knows no clock: it is given the time. */
import type { Control } from '@ringside/protocol'

const HISTORY_MAX = 50

export class History {
  readonly #entries: Control['history'] = []

  add(entry: Control['history'][number]): void {
    this.#entries.push(entry)
    if (this.#entries.length > HISTORY_MAX) this.#entries.shift()
  }

  entries(): Control['history'] {
    return [...this.#entries]
  }
}
