/** The changing half of the synthetic source: writes controls and asks the feed for the rest, through shared memory. */
import type { FilterRule } from '@ringside/protocol'
import { LIMITS } from '../abi.ts'
import { decodeRules, encodeRules } from '../kernel/filter-bytes.ts'
import type { Buffer, BufferWish, FeedDescriptor, Sharding, SourceHost, TableWindow } from '../source.ts'
import { GROUPS } from './cast.ts'
import { seedsOf } from './random.ts'
import {
  controlOf,
  MAX_RING_BYTES,
  MIN_RING_BYTES,
  NOTHING,
  newShared,
  partHandle,
  SharedWords,
  tableBanksOf,
} from './shared.ts'

export interface SyntheticOptions {
  cpus: number
  seed: number
  /** Mean over a few seconds; there are bursts. */
  eventsPerSecond: number
  /** The buffers at the start, by slot; null: none. */
  buffers: readonly (BufferWish | null)[]
}

/** Why something could not be done; `code` is an errno name, or ECGROUP. */
export class SyntheticError extends Error {
  readonly code: 'EINVAL' | 'ENOMEM' | 'ETIMEDOUT' | 'ECGROUP'
  readonly hint: string

  constructor(code: SyntheticError['code'], message: string, hint: string) {
    super(message)
    this.name = 'SyntheticError'
    this.code = code
    this.hint = hint
  }
}

const LOOK_MS = 2
const ANSWER_TIMEOUT_MS = 5_000

export class SyntheticHost implements SourceHost {
  readonly kind = 'synthetic'
  readonly transport = 'ring'
  readonly transportReason = null
  readonly cpus: number
  readonly agentPid = 0
  readonly #options: SyntheticOptions
  readonly #shared = newShared()
  readonly #control = controlOf(this.#shared)
  readonly #words = new SharedWords(this.#shared)
  readonly #banks = tableBanksOf(this.#shared)
  readonly #made = new Map<number, Buffer>()
  readonly #slots: (Buffer | null)[]
  #serial = 0

  /** @throws SyntheticError when a wish cannot be met */
  constructor(options: SyntheticOptions) {
    this.cpus = options.cpus
    this.#options = options
    this.#slots = Array.from({ length: LIMITS.slots }, (_, slot) => {
      const wish = options.buffers[slot] ?? null
      if (wish === null) return null
      const buffer = this.#newBuffer(wish)
      this.#words.confirm(slot, buffer.handle)
      return buffer
    })
  }

  feed(): FeedDescriptor {
    const { cpus, seed, eventsPerSecond } = this.#options
    return { kind: 'synthetic', cpus, seed, eventsPerSecond, shared: this.#shared, buffers: [...this.#slots] }
  }

  wake(): void {
    this.#words.wake()
  }

  readControl(): Uint8Array {
    return this.#control.slice()
  }

  writeControl(offset: number, bytes: Uint8Array): void {
    this.#control.set(bytes, offset)
  }

  async writeFilters(rules: readonly FilterRule[]): Promise<void> {
    const bytes = encodeRules(rules, (path) => {
      const ids = GROUPS.find(path)?.ids
      if (ids === undefined) throw noGroup(path)
      return { id: BigInt(ids.at(-1) ?? 0), level: ids.length - 1 }
    })
    this.#words.writeFilters(bytes, rules.length)
  }

  readFilters(): FilterRule[] {
    const { bytes, count } = this.#words.readFilters()
    return decodeRules(bytes, count, (id) => GROUPS.withId(Number(id))?.path ?? `#${id}`)
  }

  async createBuffer(bytes: number, sharding: Sharding, _slot: number): Promise<Buffer> {
    return this.#newBuffer({ bytes, sharding })
  }

  /** The feed acts on it when it next looks, so its thread must be running, and have adopted the buffer. */
  async installBuffer(slot: number, handle: number): Promise<void> {
    const buffer = this.#made.get(handle)
    if (buffer === undefined) throw new RangeError(`no buffer ${handle}`)
    this.#words.ask(slot, handle)
    await this.#answered(
      () => this.#words.inForce(slot) === handle,
      () => this.#words.claim(slot, handle),
    )
    this.#slots[slot] = buffer
  }

  async removeBuffer(slot: number): Promise<void> {
    this.#words.askRemoval(slot)
    await this.#answered(
      () => this.#words.inForce(slot) === NOTHING,
      () => this.#words.claim(slot, this.#words.asked(slot)),
    )
    this.#slots[slot] = null
  }

  /** A buffer's memory belongs to the feed, which lets go of it by itself. */
  closeBuffer(handle: number): void {
    this.#made.delete(handle)
  }

  async settle(): Promise<void> {
    const turn = this.#words.askSettle()
    await this.#answered(() => this.#words.settled() >= turn)
  }

  async takeTables(): Promise<TableWindow> {
    const old = this.#words.tableBank()
    const from = this.#words.tableTime()
    this.#words.askTableBank(1 - old)
    await this.#answered(
      () => this.#words.tableBank() !== old,
      () => {
        this.#words.askTableBank(old)
        return true
      },
    )
    const bank = this.#banks[old] ?? this.#banks[0]
    return { from, to: this.#words.tableTime(), ...bank.take(), seeds: seedsOf(this.#options.seed) }
  }

  missed(): number {
    return 0
  }

  async close(): Promise<void> {}

  /** @param takeBack called when it has taken too long; false: the feed was quicker after all */
  async #answered(isDone: () => boolean, takeBack: () => boolean = () => true): Promise<void> {
    this.#words.wake()
    const deadline = performance.now() + ANSWER_TIMEOUT_MS
    while (!isDone()) {
      if (performance.now() > deadline && takeBack()) {
        throw new SyntheticError(
          'ETIMEDOUT',
          'the reader did not answer',
          'Ingest must run, and have adopted the buffer.',
        )
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  #newBuffer({ bytes, sharding }: BufferWish): Buffer {
    const parts = sharding === 'cpu' ? this.cpus : 1
    const partBytes = sharding === 'cpu' ? Math.max(MIN_RING_BYTES, 2 ** Math.floor(Math.log2(bytes / parts))) : bytes
    checkRing(partBytes)
    this.#serial += 1
    const handle = this.#serial
    const buffer = {
      handle,
      parts: Array.from({ length: parts }, (_, part) => partHandle(handle * this.cpus + part, partBytes)),
      capacityBytes: parts * partBytes,
    }
    this.#made.set(handle, buffer)
    return buffer
  }
}

function checkRing(bytes: number): void {
  const powerOfTwo = Number.isInteger(bytes) && Number.isInteger(Math.log2(bytes))
  if (!powerOfTwo || bytes < MIN_RING_BYTES) {
    const hint = `Take a power of two, at least ${MIN_RING_BYTES}.`
    throw new SyntheticError('EINVAL', `a ring cannot have ${bytes} bytes`, hint)
  }
  if (bytes > MAX_RING_BYTES) {
    throw new SyntheticError('ENOMEM', `a synthetic ring cannot have ${bytes} bytes`, `At most ${MAX_RING_BYTES}.`)
  }
}

function noGroup(path: string): SyntheticError {
  return new SyntheticError('ECGROUP', `there is no control group ${path}`, `There are ${GROUPS.paths.join(', ')}.`)
}
