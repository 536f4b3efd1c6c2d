/**
 * Takes what the tables in the kernel have counted, once a second while some type is counted there, and once more when
 * none is any longer. Never two takings at once. That one fails is told once, until one works again.
 */
import type { EventType, Tables } from '@ringside/protocol'
import { KernelTables } from '../../aggregate/kernel-tables.ts'
import { messageOf } from '../../problem.ts'
import type { MonotonicWords } from '../../source/monotonic.ts'
import type { SourceHost } from '../../source/source.ts'

const EVERY_MS = 1000

export interface TableTakingOptions {
  host: Pick<SourceHost, 'takeTables'>
  epoch: string
  timeZero: MonotonicWords
  timeZeroMs: number
  /** Types that are counted now, and those of them that are sent as well. */
  counted: () => readonly EventType[]
  countedAndSent: () => readonly EventType[]
  onTables: (tables: Tables) => void
  onFailure: (text: string) => void
  everyMs?: number
}

export class TableTaking {
  readonly #options: TableTakingOptions
  readonly #tables = new KernelTables()
  readonly #timer: NodeJS.Timeout
  /** Something has been counted since the last taking. */
  #owed = false
  #failing = false
  #going: Promise<void> | null = null

  constructor(options: TableTakingOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#look(), options.everyMs ?? EVERY_MS)
  }

  /**
   * The controls have changed: where counting begins, what the tables say from now on begins now, and not at the end of
   * some counting long ago.
   */
  controlChanged(): void {
    if (!this.#owed && this.#options.counted().length > 0) this.#look()
  }

  /** Resolves when the taking that goes on is over. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#going
  }

  #look(): void {
    if (this.#going !== null) return
    const types = this.#options.counted()
    if (types.length === 0 && !this.#owed) return
    const begins = !this.#owed
    this.#owed = types.length > 0
    this.#going = this.#take(types, begins).finally(() => {
      this.#going = null
    })
  }

  /** @param begins what is taken was counted in no time at all: it is taken in, and not told */
  async #take(types: readonly EventType[], begins: boolean): Promise<void> {
    const { host, epoch, timeZero, timeZeroMs, countedAndSent, onTables, onFailure } = this.#options
    const sent = countedAndSent()
    try {
      const window = await host.takeTables()
      const tables = this.#tables.take(window, { epoch, timeMs: Date.now(), timeZero, timeZeroMs, types, sent })
      this.#failing = false
      if (!begins) onTables(tables)
    } catch (thrown) {
      if (!this.#failing) onFailure(`the tables in the kernel could not be read: ${messageOf(thrown)}`)
      this.#failing = true
      this.#owed = !begins
    }
  }
}
