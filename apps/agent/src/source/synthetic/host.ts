/** The changing half of the synthetic source: writes controls and asks the feed for swaps, through shared memory. */
import { LIMITS } from '../abi.ts'
import type { FeedDescriptor, SourceHost } from '../source.ts'
import { controlOf, handleOf, MAX_RING_BYTES, MIN_RING_BYTES, newShared, SharedWords } from './shared.ts'

export interface SyntheticOptions {
  cpus: number
  seed: number
  /** Mean over a few seconds; there are bursts. */
  eventsPerSecond: number
  /** Bytes of the rings at the start, by slot; null: none. */
  capacities: readonly (number | null)[]
}

/** Why a ring could not be made or put into a slot; `code` is an errno name. */
export class SyntheticError extends Error {
  readonly code: 'EINVAL' | 'ENOMEM' | 'ETIMEDOUT'
  readonly hint: string

  constructor(code: SyntheticError['code'], message: string, hint: string) {
    super(message)
    this.name = 'SyntheticError'
    this.code = code
    this.hint = hint
  }
}

const LOOK_MS = 2
const INSTALL_TIMEOUT_MS = 5_000

export class SyntheticHost implements SourceHost {
  readonly kind = 'synthetic'
  readonly cpus: number
  readonly agentPid = 0
  readonly #options: SyntheticOptions
  readonly #shared = newShared()
  readonly #control = controlOf(this.#shared)
  readonly #words = new SharedWords(this.#shared)
  readonly #rings: (number | null)[]
  #serial = 0

  /** @throws SyntheticError when a capacity is no size for a ring */
  constructor(options: SyntheticOptions) {
    this.cpus = options.cpus
    this.#options = options
    this.#rings = Array.from({ length: LIMITS.slots }, (_, slot) => {
      const bytes = options.capacities[slot] ?? null
      return bytes === null ? null : this.#newHandle(bytes)
    })
    this.#rings.forEach((handle, slot) => {
      if (handle !== null) this.#words.confirm(slot, handle)
    })
  }

  feed(): FeedDescriptor {
    const { cpus, seed, eventsPerSecond } = this.#options
    return { kind: 'synthetic', cpus, seed, eventsPerSecond, shared: this.#shared, rings: [...this.#rings] }
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

  async createRing(bytes: number): Promise<{ handle: number; capacityBytes: number }> {
    return { handle: this.#newHandle(bytes), capacityBytes: bytes }
  }

  /** The feed acts on it when it next looks, so its thread must be running. */
  async installRing(slot: number, handle: number): Promise<void> {
    this.#words.ask(slot, handle)
    this.#words.wake()
    const deadline = performance.now() + INSTALL_TIMEOUT_MS
    while (this.#words.inForce(slot) !== handle) {
      if (performance.now() > deadline && this.#words.claim(slot, handle)) {
        throw new SyntheticError(
          'ETIMEDOUT',
          'the reader did not take the ring',
          'Ingest must run, and have adopted it.',
        )
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    this.#rings[slot] = handle
  }

  /** A ring's memory belongs to the feed, which lets go of it by itself. */
  closeRing(_handle: number): void {}

  missed(): number {
    return 0
  }

  async close(): Promise<void> {}

  #newHandle(bytes: number): number {
    const powerOfTwo = Number.isInteger(bytes) && Number.isInteger(Math.log2(bytes))
    if (!powerOfTwo || bytes < MIN_RING_BYTES) {
      const hint = `Take a power of two, at least ${MIN_RING_BYTES}.`
      throw new SyntheticError('EINVAL', `a ring cannot have ${bytes} bytes`, hint)
    }
    if (bytes > MAX_RING_BYTES) {
      throw new SyntheticError('ENOMEM', `a synthetic ring cannot have ${bytes} bytes`, `At most ${MAX_RING_BYTES}.`)
    }
    this.#serial += 1
    return handleOf(this.#serial, bytes)
  }
}
