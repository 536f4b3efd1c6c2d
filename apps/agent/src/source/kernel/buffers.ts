/** The buffers of one loaded object: makes them, puts them into slots, and closes what is left at the end. */
import type { BpfObject } from '@ringside/native'
import type { Transport } from '@ringside/protocol'
import { LIMITS } from '../abi.ts'
import type { Buffer, BufferWish, Sharding } from '../source.ts'
import type { Grace } from './grace.ts'
import { closeParts, makePerfBuffers, makeRing, makeRings, type Part } from './parts.ts'
import { type Places, placesOf } from './places.ts'
import type { Plan } from './plan.ts'

/** A reader that sleeps is woken when this share of a perf buffer was written … */
const WAKE_SHARE = 1 / 8
/** … and of the critical slot by each record, since latency matters there. */
const CRITICAL_SLOT = 0

interface Made {
  readonly buffer: Buffer
  readonly parts: readonly Part[]
}

export class Buffers {
  readonly #transport: Transport
  readonly #cpus: number
  readonly #places: Places
  /** Every buffer that is not closed, by its handle. */
  readonly #made = new Map<number, Made>()
  readonly #slots: (number | null)[] = Array.from({ length: LIMITS.slots }, () => null)
  #handles = 0
  #closed = false

  constructor(object: BpfObject, transport: Transport, cpus: number, plan: Plan, grace: Grace) {
    this.#transport = transport
    this.#cpus = cpus
    this.#places = placesOf(object, transport, cpus, plan, grace)
  }

  /** By slot: what stands there. */
  get installed(): (Buffer | null)[] {
    return this.#slots.map((handle) => this.#made.get(handle ?? 0)?.buffer ?? null)
  }

  async create(bytes: number, sharding: Sharding, slot: number): Promise<Buffer> {
    const parts = await this.#makeParts(bytes, sharding, slot)
    if (this.#closed) {
      closeParts(parts)
      throw new Error('the source was closed meanwhile')
    }
    this.#handles += 1
    const buffer = {
      handle: this.#handles,
      parts: parts.map((part) => part.buffer.handle),
      capacityBytes: parts.reduce((sum, part) => sum + part.buffer.capacityBytes, 0),
    }
    this.#made.set(buffer.handle, { buffer, parts })
    return buffer
  }

  async install(slot: number, handle: number): Promise<void> {
    const made = this.#made.get(handle)
    if (!made) throw new RangeError(`no buffer ${handle}`)
    const before = this.#slots[slot]
    if (before === undefined) throw new RangeError(`no slot ${slot}`)
    await this.#places.put(slot, made.parts, this.#made.get(before ?? 0)?.parts ?? [])
    this.#slots[slot] = handle
  }

  /** What is to stand in the slots at the start. */
  async fill(wishes: readonly (BufferWish | null)[]): Promise<void> {
    await Promise.all(
      wishes.map(async (wish, slot) => {
        if (wish === null) return
        const { handle } = await this.create(wish.bytes, wish.sharding, slot)
        await this.install(slot, handle)
      }),
    )
  }

  async remove(slot: number): Promise<void> {
    await this.#places.clear(slot)
    this.#slots[slot] = null
  }

  close(handle: number): void {
    const made = this.#made.get(handle)
    if (made) closeParts(made.parts)
    this.#made.delete(handle)
  }

  /** A feed keeps what it reads until it is closed itself. */
  closeAll(): void {
    this.#closed = true
    for (const handle of [...this.#made.keys()]) this.close(handle)
  }

  #makeParts(bytes: number, sharding: Sharding, slot: number): Promise<Part[]> {
    if (this.#transport === 'perf') return makePerfBuffers(bytes, slot === CRITICAL_SLOT ? 0 : WAKE_SHARE)
    return sharding === 'cpu' ? makeRings(bytes, this.#cpus) : makeRing(bytes)
  }
}
