/**
 * Which buffer stands in which slot, and how that changes without a record lost. Knows nothing of settings nor of
 * routes: whoever calls makes sure that nothing is routed to a slot whose buffer is taken away, and that nothing is
 * routed to one that has none.
 */
import { SLOT_NAMES, type SlotName } from '@ringside/protocol'
import { messageOf, type Problem } from '../problem.ts'
import type { Buffer, BufferWish, Sharding } from '../source/source.ts'
import type { PartBytes } from './layout.ts'
import { type BufferHost, type IngestLink, installBuffer, makeBuffer } from './resize.ts'
import { recordOf } from './settings.ts'

export interface StandingBuffer extends Buffer {
  sharding: Sharding
}

/** Bytes of one part; 0 where there is no buffer. */
export function partBytesOf(buffer: Buffer | null): number {
  return buffer === null ? 0 : buffer.capacityBytes / buffer.parts.length
}

export class Buffers {
  readonly #host: BufferHost
  readonly #ingest: IngestLink
  readonly #standing = new Map<SlotName, StandingBuffer>()
  /** Handles of buffers that are out of their slots and still hold records → their slot. */
  readonly #draining = new Map<number, SlotName>()
  #swapping: { slot: SlotName; partBytes: number } | null = null

  /** @param initial by slot number, as the host has made them */
  constructor(host: BufferHost, ingest: IngestLink, initial: readonly (StandingBuffer | null)[]) {
    this.#host = host
    this.#ingest = ingest
    for (const [index, slot] of SLOT_NAMES.entries()) {
      const buffer = initial[index] ?? null
      if (buffer !== null) this.#standing.set(slot, buffer)
    }
  }

  has(slot: SlotName): boolean {
    return this.#standing.has(slot)
  }

  /** 0: none. */
  capacity(slot: SlotName): number {
    return this.#standing.get(slot)?.capacityBytes ?? 0
  }

  /** null: none. */
  sharding(slot: SlotName): Sharding | null {
    return this.#standing.get(slot)?.sharding ?? null
  }

  /** Whether records of a buffer that was taken out of the slot are still being read. */
  isDraining(slot: SlotName): boolean {
    return [...this.#draining.values()].includes(slot)
  }

  /** While a swap goes on records stand in either buffer: thresholds that are right for the smaller part are safe for both. */
  partBytes(): PartBytes {
    return recordOf(SLOT_NAMES, (slot) => {
      if (this.#swapping?.slot === slot) return this.#swapping.partBytes
      return partBytesOf(this.#standing.get(slot) ?? null)
    })
  }

  /**
   * Puts another buffer in the place of the one that stands in a slot.
   * @param beforeInstall runs when `partBytes` has what is right for both
   * @returns a problem after which the old one works as before
   */
  async swap(slot: SlotName, wish: BufferWish, beforeInstall: () => void): Promise<Problem | null> {
    const index = SLOT_NAMES.indexOf(slot)
    const old = this.#standing.get(slot)
    const made = await makeBuffer(this.#host, index, wish)
    if (!made.ok) return made.problem
    const partBytes = Math.min(...[made.buffer, ...(old === undefined ? [] : [old])].map(partBytesOf))
    this.#swapping = { slot, partBytes }
    const problem = await installBuffer(this.#host, this.#ingest, index, made.buffer, beforeInstall)
    this.#swapping = null
    if (problem !== null) return problem
    this.#standing.set(slot, { ...made.buffer, sharding: wish.sharding })
    if (old !== undefined) this.#draining.set(old.handle, slot)
    return null
  }

  /**
   * Gives buffers to slots that have none: all are made before the first one is put anywhere, since most of what can
   * fail fails then.
   * @returns a problem after which none of these slots has one, or null
   */
  async place(wishes: readonly (BufferWish & { slot: SlotName })[]): Promise<Problem | null> {
    const made: { slot: SlotName; buffer: StandingBuffer }[] = []
    for (const { slot, bytes, sharding } of wishes) {
      const result = await makeBuffer(this.#host, SLOT_NAMES.indexOf(slot), { bytes, sharding })
      if (!result.ok) {
        for (const { buffer } of made) this.#host.closeBuffer(buffer.handle)
        return result.problem
      }
      made.push({ slot, buffer: { ...result.buffer, sharding } })
    }
    for (const [at, { slot, buffer }] of made.entries()) {
      const index = SLOT_NAMES.indexOf(slot)
      const problem = await installBuffer(this.#host, this.#ingest, index, buffer, () => undefined)
      if (problem === null) {
        this.#standing.set(slot, buffer)
        continue
      }
      for (const later of made.slice(at + 1)) this.#host.closeBuffer(later.buffer.handle)
      await this.takeAway(made.slice(0, at).map((one) => one.slot))
      return problem
    }
    return null
  }

  /**
   * Takes the buffers out of slots that nothing is routed to, and has ingest empty them.
   * @returns what went wrong, in words: such a buffer stays where it is, and is read on
   */
  async takeAway(slots: readonly SlotName[]): Promise<string[]> {
    const failures: string[] = []
    for (const slot of slots) {
      const buffer = this.#standing.get(slot)
      if (buffer === undefined) continue
      const index = SLOT_NAMES.indexOf(slot)
      try {
        await this.#host.removeBuffer(index)
      } catch (thrown) {
        failures.push(`${slot}: the buffer could not be taken out of its slot, and stays there: ${messageOf(thrown)}`)
        continue
      }
      this.#standing.delete(slot)
      this.#draining.set(buffer.handle, slot)
      this.#ingest.tell({ type: 'removed', slot: index })
    }
    return failures
  }

  /** Ingest has emptied these and let go of them. */
  retired(handles: readonly number[]): void {
    for (const handle of handles) {
      this.#draining.delete(handle)
      this.#host.closeBuffer(handle)
    }
  }
}
