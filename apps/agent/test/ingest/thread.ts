/** The built ingest thread over a synthetic source, as the main thread would hold it. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Law } from '@ringside/protocol'
import type {
  Demand,
  FromIngest,
  IngestHealth,
  IngestOptions,
  Publication,
  ToIngest,
} from '../../src/ingest/messages.ts'
import { monotonicWords } from '../../src/source/monotonic.ts'
import { SyntheticHost, type SyntheticOptions } from '../../src/source/synthetic/host.ts'
import { Controls, SMALL } from '../synthetic/source.ts'
import { READING } from './reading.ts'

const SCRIPT = fileURLToPath(new URL('../../dist/ingest/worker.js', import.meta.url))
const DEADLINE_MS = 30_000

export const EVERYTHING: Demand = {
  id: 1,
  filter: { types: [], slots: [], text: '' },
  rowsPerSecond: null,
  bytes: false,
}

export class Thread {
  readonly host: SyntheticHost
  readonly controls: Controls
  readonly messages: FromIngest[] = []
  /** Whether each publication is answered with credit. */
  givesCredit = true
  readonly #worker: Worker
  readonly #watchers = new Set<() => void>()

  constructor(options: Partial<SyntheticOptions> = {}, change: Partial<IngestOptions> = {}) {
    if (!existsSync(SCRIPT)) throw new Error('the ingest thread is not built: run `npx tsc -p apps/agent`')
    this.host = new SyntheticHost({ ...SMALL, ...options })
    this.controls = new Controls((at, bytes) => this.host.writeControl(at, bytes))
    const own = { feed: this.host.feed(), epoch: 'e1', timeZero: monotonicWords(), flushMs: 16, reading: READING }
    const data: IngestOptions = { ...own, ...change }
    this.#worker = new Worker(SCRIPT, { workerData: data })
    this.#worker.on('message', (message: FromIngest) => {
      this.messages.push(message)
      if (message.type === 'published' && this.givesCredit) this.#worker.postMessage({ type: 'credit' })
      for (const watcher of this.#watchers) watcher()
    })
  }

  tell(message: ToIngest): void {
    this.#worker.postMessage(message)
    this.host.wake()
  }

  /** Resolves with the first message, old or new, that `find` takes. */
  async until<Found>(find: (message: FromIngest) => Found | undefined, from = 0): Promise<Found> {
    return new Promise((resolve, reject) => {
      let next = from
      const look = () => {
        while (next < this.messages.length) {
          const found = find(this.messages[next++] as FromIngest)
          if (found === undefined) continue
          done()
          return resolve(found)
        }
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`no such message within ${DEADLINE_MS} ms`))
      }, DEADLINE_MS)
      const done = () => {
        clearTimeout(timer)
        this.#watchers.delete(look)
      }
      this.#watchers.add(look)
      look()
    })
  }

  /** The next health after now that `good` accepts. */
  async health(good: (health: IngestHealth) => boolean = () => true): Promise<IngestHealth> {
    return this.until(
      (message) => (message.type === 'health' && good(message.health) ? message.health : undefined),
      this.messages.length,
    )
  }

  /** Pauses the producers, has ingest drain, and returns the last health. */
  async finish(): Promise<IngestHealth> {
    this.controls.pause(true)
    this.tell({ type: 'stop' })
    await this.until((message) => (message.type === 'stopped' ? true : undefined))
    await this.#worker.terminate()
    const healths = this.messages.flatMap((message) => (message.type === 'health' ? [message.health] : []))
    return healths.at(-1) as IngestHealth
  }

  publications(): Publication[] {
    return this.messages.flatMap((message) => (message.type === 'published' ? message.publications : []))
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** What is not exact, in words. */
export function inexact(laws: readonly Law[]): string[] {
  return laws
    .filter(({ verdict, inFlight }) => verdict !== 'exact' || inFlight !== 0)
    .map(({ id, text }) => `${id} ${text}`)
}

export function sumOf(health: IngestHealth, of: (fates: IngestHealth['fates'][number]) => number): number {
  return health.fates.reduce((sum, fates) => sum + of(fates), 0)
}
