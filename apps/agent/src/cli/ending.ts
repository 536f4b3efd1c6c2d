/** When the agent has to end: at a signal or a failure. From then on its end has a limit, wherever it stands. */
import { EXIT } from './exit-codes.ts'

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
/** An end that takes longer than this is cut short. */
const LIMIT_MS = 2700

export class Ending {
  /** Resolves at the first signal. */
  readonly signalled: Promise<null>
  /** Resolves with what failed, or with null at a signal; the first one counts. */
  readonly asked: Promise<string | null>
  #resolve: (failure: string | null) => void = () => undefined
  #limit: NodeJS.Timeout | null = null

  constructor() {
    this.asked = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.signalled = new Promise((resolve) => {
      const hear = () => {
        resolve(null)
        this.ask(null)
      }
      for (const signal of SIGNALS) process.on(signal, hear)
    })
  }

  /** @param failure null: nothing has failed */
  ask(failure: string | null): void {
    this.#limit ??= setTimeout(cutShort, LIMIT_MS)
    this.#resolve(failure)
  }
}

function cutShort(): never {
  process.stderr.write('The agent did not come to an end in time, and is cut short.\n')
  process.exit(EXIT.failed)
}
