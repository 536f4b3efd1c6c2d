/** A generator, the product's own feed and scanner behind it, and the account at the end. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Law } from '@ringside/protocol'
import { type Ledger, readLedger, rowsBytes } from '../../../src/health/rows.ts'
import { lawsAtRest } from '../../../src/health/self-test.ts'
import { CHUNK_BYTES, Scanner } from '../../../src/ingest/scan.ts'
import { LIMITS } from '../../../src/source/abi.ts'
import { KernelFeed } from '../../../src/source/kernel/feed.ts'
import { GENERATOR_SLOT, Generator, type GeneratorOptions } from '../../../src/source/kernel/generator.ts'

const IDLE_MICROS = 100
/** The event loop gets its turn this often, so that the end of a thread is noticed. */
const PASSES_PER_TURN = 50

/** What is left to compare when nothing runs any more and the buffer is empty. */
export interface Account {
  ledger: Ledger
  laws: Law[]
  scanner: Scanner
  usedBytes: number
  /** What perf buffers told to be lost; null: rings. */
  toldLost: number | null
  runs: { loads: number; ticks: number }
}

export class Reading {
  readonly generator: Generator
  readonly scanner: Scanner
  /** Called with each chunk, after the scan: `scanner.at` holds the places of its `good` records. */
  onChunk: (words: Uint32Array, good: number) => void = () => {}
  readonly #feed: KernelFeed
  readonly #chunk = new Uint8Array(CHUNK_BYTES)
  readonly #words = new Uint32Array(this.#chunk.buffer)

  private constructor(generator: Generator) {
    this.generator = generator
    this.scanner = new Scanner(generator.cpus)
    this.#feed = new KernelFeed(generator.feed())
  }

  static async open(options: GeneratorOptions): Promise<Reading> {
    return new Reading(await Generator.create(options))
  }

  /** Reads as the ingest thread does, until `enough`. */
  async until(enough: () => boolean): Promise<void> {
    for (let pass = 1; !enough(); pass += 1) {
      if (this.#pass() === 0) this.#feed.wait(IDLE_MICROS)
      if (pass % PASSES_PER_TURN === 0) await nextTurn()
    }
  }

  /** Records taken out of the buffer so far. */
  get consumed(): number {
    return total(this.scanner.consumed)
  }

  async account(): Promise<Account> {
    this.generator.pause()
    await this.generator.settle()
    this.#pass()
    const rows = new Uint8Array(rowsBytes(this.generator.cpus))
    this.#feed.rows(rows)
    const ledger = readLedger(rows, this.generator.cpus)
    const state = this.#feed.state(GENERATOR_SLOT)
    return {
      ledger,
      laws: lawsAtRest(ledger, this.scanner, GENERATOR_SLOT),
      scanner: this.scanner,
      usedBytes: state === null ? 0 : state.producer - state.consumer,
      toldLost: state?.toldLost ?? null,
      runs: this.generator.runs(),
    }
  }

  close(): void {
    this.#feed.close()
    this.generator.close()
  }

  #pass(): number {
    let taken = 0
    this.#feed.beginPass()
    for (let bytes = this.#read(); bytes > 0; bytes = this.#read()) {
      taken += bytes
      this.onChunk(this.#words, this.scanner.scan(this.#words, bytes, GENERATOR_SLOT))
    }
    return taken
  }

  #read(): number {
    return this.#feed.read(GENERATOR_SLOT, this.#chunk)
  }
}

export function total(table: Float64Array): number {
  return table.reduce((sum, value) => sum + value, 0)
}

/** Of one event type, over all slots. */
export function totalOf(table: Float64Array, type: number): number {
  return total(table.filter((_, cell) => cell % LIMITS.types === type))
}
