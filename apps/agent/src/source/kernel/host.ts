/** The changing half of the kernel source: loads, attaches, makes rings and swaps them, writes controls. */
import { type BpfMap, type BpfObject, Ring, Waker, wake } from '@ringside/native'
import { LIMITS } from '../abi.ts'
import type { FeedDescriptor, SourceHost } from '../source.ts'
import { countsMissedRuns, type HostFacts, readHostFacts } from './facts.ts'
import { explainLoadFailure } from './load-failure.ts'
import { loadObject, objectFile, WATCHING } from './programs.ts'

const MIB = 1024 * 1024

export interface KernelOptions {
  /** Bytes of the rings at the start, by slot; null: none. Default: critical 1 MiB, normal and debug 8 MiB. */
  capacities?: readonly (number | null)[]
  /** The control block (struct rs_control) that is in force before the first program runs; default: all types off. */
  control?: (agentPid: number) => Uint8Array
  /** What to attach; default: all that watches the host. */
  attach?: readonly string[]
}

const DEFAULT_CAPACITIES = [1 * MIB, 8 * MIB, 8 * MIB]

export class KernelHost implements SourceHost {
  readonly kind = 'kernel'
  readonly cpus: number
  readonly agentPid: number
  /** For the self-test and tests, which run and attach the generators. */
  readonly object: BpfObject
  readonly #facts: HostFacts
  readonly #control: BpfMap
  readonly #waker: Waker
  /** Every ring that is not closed, by its handle. */
  readonly #rings = new Map<number, Ring>()
  readonly #slots: (number | null)[] = Array.from({ length: LIMITS.slots }, () => null)
  #attached: readonly string[] = []
  #closed = false

  private constructor(object: BpfObject, cpus: number, facts: HostFacts) {
    this.object = object
    this.cpus = cpus
    this.#facts = facts
    this.#control = object.map('control')
    this.agentPid = object.testRun('learn_pid', new Uint8Array(0))
    this.#waker = new Waker()
  }

  /** @throws KernelError that says what is missing and what mends it; nothing stays loaded then */
  static async open(options: KernelOptions = {}): Promise<KernelHost> {
    const facts = readHostFacts()
    const { object, cpus } = loadObject(objectFile(), facts)
    let host: KernelHost | null = null
    try {
      host = new KernelHost(object, cpus, facts)
      await host.#start(options)
      return host
    } catch (thrown) {
      if (host === null) object.close()
      else await host.close()
      throw explainLoadFailure(thrown, facts)
    }
  }

  feed(): FeedDescriptor {
    return {
      kind: 'kernel',
      cpus: this.cpus,
      rowsFd: this.object.map('rows').fd,
      wakeFd: this.object.map('wake').fd,
      rings: [...this.#slots],
      waker: this.#waker.handle,
    }
  }

  wake(): void {
    if (!this.#closed) wake(this.#waker.handle)
  }

  readControl(): Uint8Array {
    const block = new Uint8Array(this.#control.valueBytes)
    this.#control.read(0, block)
    return block
  }

  writeControl(offset: number, bytes: Uint8Array): void {
    this.#control.write(offset, bytes)
  }

  async createRing(bytes: number): Promise<{ handle: number; capacityBytes: number }> {
    const ring = await Ring.create(bytes)
    if (this.#closed) {
      ring.close()
      throw new Error('the source was closed meanwhile')
    }
    this.#rings.set(ring.handle, ring)
    return { handle: ring.handle, capacityBytes: ring.capacityBytes }
  }

  async installRing(slot: number, handle: number): Promise<void> {
    const ring = this.#rings.get(handle)
    if (!ring) throw new RangeError(`no ring ${handle}`)
    await this.object.map('slots').updateAsync(word(slot), word(ring.fd))
    this.#slots[slot] = handle
  }

  closeRing(handle: number): void {
    this.#rings.get(handle)?.close()
    this.#rings.delete(handle)
  }

  missed(): number | null {
    if (!countsMissedRuns(this.#facts)) return null
    let missed = 0
    for (const program of this.#attached) {
      const { recursionMisses } = this.object.programInfo(program)
      if (recursionMisses === null) return null
      missed += recursionMisses
    }
    return missed
  }

  /** Detaches first: nothing is emitted any more when it returns. A feed keeps its rings until it is closed. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.object.close()
    this.#waker.close()
    for (const handle of [...this.#rings.keys()]) this.closeRing(handle)
  }

  /** The rings before the controls, and both before the first program can run. */
  async #start({ capacities = DEFAULT_CAPACITIES, control, attach = WATCHING }: KernelOptions): Promise<void> {
    for (const [slot, bytes] of capacities.entries()) {
      if (bytes === null) continue
      const { handle } = await this.createRing(bytes)
      await this.installRing(slot, handle)
    }
    if (control) this.writeControl(0, control(this.agentPid))
    for (const program of attach) this.object.attach(program)
    this.#attached = attach
  }
}

/** A map's 32-bit key or value. */
function word(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}
