/** Commands on their way: numbers them, and settles each with the agent's answer or with the loss of the connection. */
import type { Command, CommandMessage, Reply } from '@ringside/protocol'

export type Outcome = { ok: true; revision: number } | { ok: false; message: string; hint: string }

const UNKNOWN_OUTCOME: Outcome = {
  ok: false,
  message: 'The connection was lost before the answer came.',
  hint: 'Whether it was applied is shown under “applied” as soon as the page is connected again.',
}

export class Commands {
  #next = 1
  readonly #waiting = new Map<number, (outcome: Outcome) => void>()

  get pending(): number {
    return this.#waiting.size
  }

  /** @param send hands the message to the socket; false when there is none */
  issue(command: Command, revision: number | null, send: (message: CommandMessage) => boolean): Promise<Outcome> {
    const id = this.#next++
    if (!send({ type: 'command', id, revision, command })) {
      return Promise.resolve({
        ok: false,
        message: 'Not connected: nothing was sent.',
        hint: 'Try again when the page is connected.',
      })
    }
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  settle(reply: Reply): void {
    const resolve = this.#waiting.get(reply.id)
    if (resolve === undefined) return
    this.#waiting.delete(reply.id)
    if (reply.ok) resolve({ ok: true, revision: reply.revision })
    else
      resolve({
        ok: false,
        message: reply.error?.message ?? 'The agent refused without a reason.',
        hint: reply.error?.hint ?? '',
      })
  }

  /** The answers of a closed connection will never come. */
  abandon(): void {
    for (const resolve of this.#waiting.values()) resolve(UNKNOWN_OUTCOME)
    this.#waiting.clear()
  }
}
