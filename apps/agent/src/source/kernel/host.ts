/** The changing half of the kernel source: loads, attaches, makes buffers and swaps them, writes controls. */
import { type BpfMap, type BpfObject, Waker, wake } from '@ringside/native'
import type { FilterRule, Transport } from '@ringside/protocol'
import type { Buffer, BufferWish, Sharding, SourceHost, TableWindow } from '../source.ts'
import { Buffers } from './buffers.ts'
import { describeFeed, type KernelDescriptor } from './descriptor.ts'
import { countsMissedRuns, type HostFacts, readHostFacts } from './facts.ts'
import { KernelFilters } from './filters.ts'
import { Grace } from './grace.ts'
import { explainLoadFailure } from './load-failure.ts'
import { Plan } from './plan.ts'
import { loadPrograms, type Programs, WATCHING } from './programs.ts'
import { KernelTables } from './tables.ts'
import { chooseTransport, type RingProbe, type TransportChoice } from './transport.ts'

const MIB = 1024 * 1024

export interface KernelOptions {
  /** Default: auto. */
  transport?: TransportChoice
  /** Tells why there are no ring buffers; for tests, which force it. */
  probeRings?: RingProbe
  /** By slot; null: none. Default: critical 1 MiB, normal and debug 8 MiB. */
  buffers?: readonly (BufferWish | null)[]
  /**
   * The control block (struct rs_control) that is in force before the first program runs; default: all types off.
   * @param buffers by slot, as made
   */
  control?: (agentPid: number, buffers: readonly (Buffer | null)[]) => Uint8Array
  /** What to attach; default: all that watches the host. */
  attach?: readonly string[]
}

const DEFAULT_BUFFERS: readonly BufferWish[] = [1, 8, 8].map((mib) => ({ bytes: mib * MIB, sharding: 'single' }))

export class KernelHost implements SourceHost {
  readonly kind = 'kernel'
  readonly transport: Transport
  readonly transportReason: string | null
  readonly cpus: number
  readonly agentPid: number
  /** For the self-test and tests, which run and attach the generators. */
  readonly object: BpfObject
  readonly #facts: HostFacts
  readonly #control: BpfMap
  readonly #grace: Grace
  readonly #buffers: Buffers
  readonly #filters: KernelFilters
  readonly #tables: KernelTables
  readonly #waker: Waker
  #attached: readonly string[] = []
  #closed = false

  private constructor({ object, cpus, transport, seeds }: Programs, reason: string | null, facts: HostFacts) {
    this.object = object
    this.cpus = cpus
    this.transport = transport
    this.transportReason = reason
    this.#facts = facts
    this.#control = object.map('control')
    this.#grace = new Grace(object)
    const plan = new Plan(object.map('plan'))
    this.#buffers = new Buffers(object, transport, cpus, plan, this.#grace)
    this.#filters = new KernelFilters(object.map('filters'), plan, this.#grace)
    this.#tables = new KernelTables(object, cpus, seeds, plan, this.#grace)
    this.agentPid = object.testRun('learn_pid', new Uint8Array(0))
    this.#waker = new Waker()
  }

  /** @throws KernelError that says what is missing and what mends it; nothing stays loaded then */
  static async open(options: KernelOptions = {}): Promise<KernelHost> {
    const facts = readHostFacts()
    const { transport, reason } = chooseTransport(options.transport ?? 'auto', facts, options.probeRings)
    const programs = loadPrograms(transport, undefined, facts)
    let host: KernelHost | null = null
    try {
      host = new KernelHost(programs, reason, facts)
      await host.#start(options)
      return host
    } catch (thrown) {
      if (host === null) programs.object.close()
      else await host.close()
      throw explainLoadFailure(thrown, facts, transport)
    }
  }

  feed(): KernelDescriptor {
    const { object, transport, cpus } = this
    return describeFeed({ object, transport, cpus, waker: this.#waker, buffers: this.#buffers.installed })
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

  writeFilters(rules: readonly FilterRule[]): Promise<void> {
    return this.#filters.write(rules)
  }

  readFilters(): FilterRule[] {
    return this.#filters.read()
  }

  createBuffer(bytes: number, sharding: Sharding, slot: number): Promise<Buffer> {
    return this.#buffers.create(bytes, sharding, slot)
  }

  installBuffer(slot: number, handle: number): Promise<void> {
    return this.#buffers.install(slot, handle)
  }

  removeBuffer(slot: number): Promise<void> {
    return this.#buffers.remove(slot)
  }

  closeBuffer(handle: number): void {
    this.#buffers.close(handle)
  }

  settle(): Promise<void> {
    return this.#grace.pass()
  }

  takeTables(): Promise<TableWindow> {
    return this.#tables.take()
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

  /** Detaches first: nothing is emitted any more when it returns. A feed keeps its buffers until it is closed. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.object.close()
    this.#waker.close()
    this.#buffers.closeAll()
  }

  /** The buffers before the controls, and both before the first program can run. */
  async #start({ buffers = DEFAULT_BUFFERS, control, attach = WATCHING }: KernelOptions): Promise<void> {
    await this.#buffers.fill(buffers)
    if (control) this.writeControl(0, control(this.agentPid, this.#buffers.installed))
    for (const program of attach) this.object.attach(program)
    this.#attached = attach
  }
}
