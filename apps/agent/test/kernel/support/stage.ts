/** A host of its own, the product's feed and scanner behind it, and the account of any slot: all in the thread of a test. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { EVENT_TYPES, type EventType, type Law } from '@ringside/protocol'
import { onTestFinished } from 'vitest'
import { FATE_NAMES, type FateName, type Ledger, readLedger, rowsBytes } from '../../../src/health/rows.ts'
import { lawsAtRest } from '../../../src/health/self-test.ts'
import { CHUNK_BYTES, type MalformedListener, Scanner } from '../../../src/ingest/scan.ts'
import { ABI, LIMITS, SLOTS_IN_USE } from '../../../src/source/abi.ts'
import { KernelFeed } from '../../../src/source/kernel/feed.ts'
import { KernelHost, type KernelOptions } from '../../../src/source/kernel/host.ts'
import { type BlockWish, controlBlock, generate, type LoadWish } from './controls.ts'

const IDLE_MICROS = 100
/** The event loop gets its turn this often, so that what is awaited beside can go on. */
const PASSES_PER_TURN = 20

export interface StageOptions extends Omit<KernelOptions, 'control'> {
  control: BlockWish
}

export class Stage {
  readonly host: KernelHost
  readonly feed: KernelFeed
  readonly scanner: Scanner
  /** Called with each chunk after its scan: `scanner.at` holds the places of its `good` records. */
  onChunk: (words: Uint32Array, good: number, slot: number) => void = () => {}
  /** Called with each record that could not be taken for what it says it is. */
  onMalformed: MalformedListener = () => {}
  readonly #chunk = new Uint8Array(CHUNK_BYTES)
  readonly #words = new Uint32Array(this.#chunk.buffer)

  private constructor(host: KernelHost) {
    this.host = host
    this.feed = new KernelFeed(host.feed())
    this.scanner = new Scanner(host.cpus, undefined, undefined, (...record) => this.onMalformed(...record))
  }

  /** It is closed when the test is over. */
  static async open({ control, ...options }: StageOptions): Promise<Stage> {
    const stage = new Stage(await KernelHost.open({ attach: [], ...options, control: () => controlBlock(control) }))
    onTestFinished(() => stage.close())
    return stage
  }

  generate(count: number, wish?: LoadWish): void {
    generate(this.host, count, wish)
  }

  /** Puts another control block in force, but for its pause. */
  control(wish: BlockWish): void {
    this.host.writeControl(0, controlBlock(wish))
  }

  /** Nothing is seen any more, and nothing is on its way. */
  async rest(): Promise<void> {
    this.host.writeControl(ABI.structs.rs_control.members.paused, Uint8Array.of(1, 0))
    await this.host.settle()
  }

  /** One pass over all slots. @returns bytes taken */
  pass(): number {
    let taken = 0
    this.feed.beginPass()
    for (let slot = 0; slot < SLOTS_IN_USE; slot += 1) taken += this.#read(slot)
    return taken
  }

  /** Takes so many bytes out of a slot at most, in one call. */
  take(slot: number, bytes: number): void {
    this.feed.beginPass()
    const chunk = new Uint8Array(bytes)
    this.scanner.scan(new Uint32Array(chunk.buffer), this.feed.read(slot, chunk), slot)
  }

  /** Reads as the ingest thread does, until `enough`. */
  async until(enough: () => boolean): Promise<void> {
    for (let pass = 1; !enough(); pass += 1) {
      if (this.pass() === 0) this.feed.wait(IDLE_MICROS)
      this.feed.retired().forEach((handle) => {
        this.host.closeBuffer(handle)
      })
      if (pass % PASSES_PER_TURN === 0) await nextTurn()
    }
  }

  /** Reads while something is awaited. */
  async during<T>(what: Promise<T>): Promise<T> {
    let done = false
    const ended = what.finally(() => {
      done = true
    })
    // Whatever comes of it is told by the caller's await.
    ended.catch(() => undefined)
    await this.until(() => done)
    return ended
  }

  ledger(): Ledger {
    const rows = new Uint8Array(rowsBytes(this.host.cpus))
    this.feed.rows(rows)
    return readLedger(rows, this.host.cpus)
  }

  /** Fates of a type in a slot that are not 0. */
  fates(slot: number, type: EventType = 'load', ledger = this.ledger()): Partial<Record<FateName, number>> {
    const cell = slot * LIMITS.types + EVENT_TYPES[type]
    const counts = FATE_NAMES.map((name) => [name, ledger.fates[name][cell] as number] as const)
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  }

  /** Of one type, over all slots. */
  total(fate: FateName, type: EventType, ledger = this.ledger()): number {
    return ledger.fates[fate].reduce(
      (sum, count, cell) => sum + (cell % LIMITS.types === EVENT_TYPES[type] ? count : 0),
      0,
    )
  }

  /** Laws that do not hold now that everything is at rest and read; every slot. */
  violations(): string[] {
    const ledger = this.ledger()
    const slots = Array.from({ length: SLOTS_IN_USE }, (_, slot) => slot)
    const violated = (law: Law) => law.difference !== 0
    const left = slots.filter((slot) => {
      const state = this.feed.state(slot)
      return state !== null && state.producer !== state.consumer
    })
    const laws = slots.flatMap((slot) => lawsAtRest(ledger, this.scanner, slot).filter(violated))
    return [...new Set(laws.map(({ id, text }) => `${id}: ${text}`)), ...left.map((slot) => `left in slot ${slot}`)]
  }

  async close(): Promise<void> {
    this.feed.close()
    await this.host.close()
  }

  #read(slot: number): number {
    let taken = 0
    for (let bytes = this.feed.read(slot, this.#chunk); bytes > 0; bytes = this.feed.read(slot, this.#chunk)) {
      taken += bytes
      this.onChunk(this.#words, this.scanner.scan(this.#words, bytes, slot), slot)
    }
    return taken
  }
}
