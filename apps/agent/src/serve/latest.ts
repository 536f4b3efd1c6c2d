/**
 * State messages of one connection, latest wins: of each kind one is on its way and one may wait; a newer one takes the
 * waiting one's place. What is sent is made when it is sent, so that it is never older than the connection allows.
 */

export const STATE_KINDS = ['control', 'health', 'fill', 'top', 'tables', 'malformed', 'comparison'] as const
export type StateKind = (typeof STATE_KINDS)[number]

export class Latest {
  readonly #send: (text: string, sent: () => void) => void
  readonly #waiting = new Map<StateKind, () => string>()
  readonly #onItsWay = new Set<StateKind>()

  /** @param send calls `sent` when the text has left the process */
  constructor(send: (text: string, sent: () => void) => void) {
    this.#send = send
  }

  say(kind: StateKind, make: () => string): void {
    if (this.#onItsWay.has(kind)) {
      this.#waiting.set(kind, make)
      return
    }
    this.#onItsWay.add(kind)
    this.#send(make(), () => {
      this.#onItsWay.delete(kind)
      const next = this.#waiting.get(kind)
      if (next === undefined) return
      this.#waiting.delete(kind)
      this.say(kind, next)
    })
  }
}
