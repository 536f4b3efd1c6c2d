/**
 * Where the programs find a slot's buffer: puts one there, and takes it away. Every wait for the kernel is off the
 * thread. Within one kind (one ring, or one per CPU) a place that is in use is overwritten, never emptied.
 */
import type { BpfMap, BpfObject } from '@ringside/native'
import type { Transport } from '@ringside/protocol'
import { LIMITS } from '../abi.ts'
import type { Grace } from './grace.ts'
import type { Part } from './parts.ts'
import { type Plan, word } from './plan.ts'

export interface Places {
  /**
   * Resolves when no program holds what stood there before.
   * @param before what stood there, and stands there again when this rejects
   */
  put(slot: number, parts: readonly Part[], before: readonly Part[]): Promise<void>
  /** Of a slot that nothing is routed to. Resolves when no program holds what stood there. */
  clear(slot: number): Promise<void>
}

export function placesOf(object: BpfObject, transport: Transport, cpus: number, plan: Plan, grace: Grace): Places {
  return transport === 'perf'
    ? new PerfPlaces(object.map('perf'), cpus, grace)
    : new RingPlaces(object.map('slots'), cpus, plan, grace)
}

/** A slot's one ring stands at [slot], its rings by CPU at [LIMITS.slots + slot × cpus + CPU]; the plan says which. */
class RingPlaces implements Places {
  readonly #map: BpfMap
  readonly #cpus: number
  readonly #plan: Plan
  readonly #grace: Grace
  /** By slot: places that are being emptied, which takes a grace period each and need not be waited for. */
  readonly #emptying = new Map<number, Promise<unknown>>()

  constructor(map: BpfMap, cpus: number, plan: Plan, grace: Grace) {
    this.#map = map
    this.#cpus = cpus
    this.#plan = plan
    this.#grace = grace
  }

  async put(slot: number, parts: readonly Part[], before: readonly Part[]): Promise<void> {
    await this.#emptying.get(slot)
    const byCpu = parts[0]?.cpu !== null
    const inUse = this.#plan.byCpu(slot) === byCpu
    try {
      await this.#write(slot, parts)
    } catch (error) {
      if (inUse && before.length > 0) await this.#write(slot, before).catch(() => undefined)
      else this.#empty(slot, byCpu)
      throw error
    }
    if (inUse) return
    this.#plan.setByCpu(slot, byCpu)
    try {
      await this.#grace.pass()
    } catch (error) {
      this.#plan.setByCpu(slot, !byCpu)
      await this.#grace.pass().catch(() => undefined)
      this.#empty(slot, byCpu)
      throw error
    }
    this.#empty(slot, !byCpu)
  }

  async clear(slot: number): Promise<void> {
    await this.#emptying.get(slot)
    await this.#grace.pass()
    this.#empty(slot, this.#plan.byCpu(slot))
    await this.#emptying.get(slot)
  }

  /** The update of a map of maps is a grace period itself. All are tried, and the first failure is thrown. */
  async #write(slot: number, parts: readonly Part[]): Promise<void> {
    const updates = parts.map(({ cpu, buffer }) => this.#map.updateAsync(this.#place(slot, cpu), word(buffer.fd)))
    const failed = (await Promise.allSettled(updates)).find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  #empty(slot: number, byCpu: boolean): void {
    const cpus = byCpu ? Array.from({ length: this.#cpus }, (_, cpu) => cpu) : [null]
    const deletions = cpus.map((cpu) => this.#map.deleteAsync(this.#place(slot, cpu)))
    // A place that was empty already is as empty as it should be.
    this.#emptying.set(slot, Promise.allSettled(deletions))
  }

  #place(slot: number, cpu: number | null): Uint8Array {
    return word(cpu === null ? slot : LIMITS.slots + slot * this.#cpus + cpu)
  }
}

/** A slot's perf buffer of a CPU stands at [slot × cpus + CPU]. Nothing that is done to this map waits. */
class PerfPlaces implements Places {
  readonly #map: BpfMap
  readonly #cpus: number
  readonly #grace: Grace

  constructor(map: BpfMap, cpus: number, grace: Grace) {
    this.#map = map
    this.#cpus = cpus
    this.#grace = grace
  }

  async put(slot: number, parts: readonly Part[], before: readonly Part[]): Promise<void> {
    try {
      this.#write(slot, parts)
      await this.#grace.pass()
    } catch (error) {
      if (before.length > 0) this.#write(slot, before)
      else this.#empty(slot)
      await this.#grace.pass().catch(() => undefined)
      throw error
    }
  }

  async clear(slot: number): Promise<void> {
    await this.#grace.pass()
    this.#empty(slot)
  }

  #write(slot: number, parts: readonly Part[]): void {
    for (const { cpu, buffer } of parts) this.#map.update(this.#place(slot, cpu ?? 0), word(buffer.fd))
  }

  #empty(slot: number): void {
    for (let cpu = 0; cpu < this.#cpus; cpu += 1) this.#map.delete(this.#place(slot, cpu))
  }

  #place(slot: number, cpu: number): Uint8Array {
    return word(slot * this.#cpus + cpu)
  }
}
