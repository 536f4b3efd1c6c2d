/**
 * An instance of the BPF object of its own, with the generators and one buffer: events whose number is known beforehand,
 * for the self-test, for comparing transports and for tests. It shares nothing with the instance that watches the host.
 */
import { type BpfObject, Ticker, Waker } from '@ringside/native'
import { EVENT_TYPES, RATE_ALL, type Transport } from '@ringside/protocol'
import { ABI, LIMITS } from '../abi.ts'
import type { Sharding } from '../source.ts'
import { Buffers } from './buffers.ts'
import { describeFeed, type KernelDescriptor } from './descriptor.ts'
import { readHostFacts } from './facts.ts'
import { Grace } from './grace.ts'
import { Plan, word } from './plan.ts'
import { loadPrograms, type Programs } from './programs.ts'
import { chooseTransport, type TransportChoice } from './transport.ts'

/** What `generate` makes in one run, at most (packages/bpf/src/load.bpf.c). */
export const LOADS_PER_RUN = 512
/** The slot that everything is routed to. */
export const GENERATOR_SLOT = 1

const { rs_control, rs_type_control, rs_load } = ABI.structs
const CONTROL = rs_control.members
const RATE_BYTES = 4
const RUN_WORDS = 4

const GENERATE = 'generate'
const GENERATE_FIXED = 'generate_fixed'
const ON_TICK = 'on_tick'

export interface GeneratorOptions {
  /** Of the whole buffer. */
  bytes: number
  /** Default: auto. */
  transport?: TransportChoice
  /** Default: single. */
  sharding?: Sharding
  /** Further programs to attach, by their event type's number. */
  also?: Readonly<Record<number, string>>
}

/** What is generated; without these a record of `rs_load` as it should be. */
export interface LoadKind {
  padBytes?: number
  type?: number
  /** Written into the header; 0: the right one. */
  version?: number
}

export class Generator {
  readonly cpus: number
  readonly transport: Transport
  readonly object: BpfObject
  readonly #buffers: Buffers
  readonly #grace: Grace
  readonly #waker = new Waker()
  readonly #tickers: Ticker[] = []
  readonly #run = new BigUint64Array(RUN_WORDS)

  private constructor({ object, cpus, transport }: Programs) {
    this.object = object
    this.cpus = cpus
    this.transport = transport
    this.#grace = new Grace(object)
    this.#buffers = new Buffers(object, transport, cpus, new Plan(object.map('plan')), this.#grace)
  }

  /** Takes some 50 ms, most of them off the thread. @throws KernelError where BPF does not load */
  static async create(options: GeneratorOptions): Promise<Generator> {
    const also = options.also ?? {}
    const facts = readHostFacts()
    const { transport } = chooseTransport(options.transport ?? 'auto', facts)
    const wanted = [GENERATE, GENERATE_FIXED, ON_TICK, 'learn_pid', ...Object.values(also)]
    const programs = loadPrograms(transport, wanted, facts)
    let generator: Generator | null = null
    try {
      generator = new Generator(programs)
      const wish = { bytes: options.bytes, sharding: options.sharding ?? 'single' }
      await generator.#buffers.fill(
        Array.from({ length: LIMITS.slots }, (_, slot) => (slot === GENERATOR_SLOT ? wish : null)),
      )
      generator.#enable([EVENT_TYPES.load, EVENT_TYPES.tick, ...Object.keys(also).map(Number)])
      for (const program of Object.values(also)) programs.object.attach(program)
      return generator
    } catch (error) {
      if (generator === null) programs.object.close()
      else generator.close()
      throw error
    }
  }

  /** For a `KernelFeed`. */
  feed(): KernelDescriptor {
    const { object, transport, cpus } = this
    return describeFeed({ object, transport, cpus, waker: this.#waker, buffers: this.#buffers.installed })
  }

  /** Makes `count` events, on the CPU that the thread runs on. */
  generate(count: number, { padBytes = 0, type = EVENT_TYPES.load, version = 0 }: LoadKind = {}): void {
    const pad = Math.min(padBytes, LIMITS.scratchBytes - rs_load.bytes)
    for (let left = count; left > 0; left -= LOADS_PER_RUN) {
      this.#run.set([BigInt(Math.min(left, LOADS_PER_RUN)), BigInt(pad), BigInt(type), BigInt(version)])
      this.object.testRun(GENERATE, new Uint8Array(this.#run.buffer))
    }
  }

  /** The descriptor of the generating program, to run it from another thread. */
  get generateFd(): number {
    return this.object.program(GENERATE).fd
  }

  /** The same for events of one size, which are written in place where the transport can. */
  get generateFixedFd(): number {
    return this.object.program(GENERATE_FIXED).fd
  }

  /** From now on a timer's interrupt makes an event of `rs_tick` each time, inside of what it interrupts. */
  startTicks(hz: number, cpus: readonly number[]): void {
    this.object.attach(ON_TICK)
    for (const cpu of cpus) this.#tickers.push(new Ticker(hz, cpu))
  }

  stopTicks(): void {
    for (const ticker of this.#tickers.splice(0)) ticker.close()
    this.object.detach(ON_TICK)
  }

  /** @param threshold of the 32-bit draw: RS_RATE_ALL keeps all, 0 none */
  setRate(type: number, threshold: number): void {
    const at = CONTROL.rate + (GENERATOR_SLOT * LIMITS.types + type) * RATE_BYTES
    this.object.map('control').write(at, word(threshold))
  }

  /** From now on the traffic of this port is taken for the agent's own. */
  setAgentPort(port: number): void {
    this.object.map('control').write(CONTROL.agent_port, new Uint8Array(Uint16Array.of(port).buffer))
  }

  /** Nothing is seen any more: for generators beside which the host's own events are counted. */
  pause(): void {
    this.object.map('control').write(CONTROL.paused, new Uint8Array(Uint16Array.of(1).buffer))
  }

  /** Resolves when every program run that had begun has ended. */
  settle(): Promise<void> {
    return this.#grace.pass()
  }

  /** How many events the generators were asked for, by their own count. */
  runs(): { loads: number; ticks: number } {
    const perCpu = new BigUint64Array(this.cpus * 2)
    this.object.map('runs').lookup(word(0), new Uint8Array(perCpu.buffer))
    const sum = (first: number) =>
      perCpu.reduce((total, value, at) => (at % 2 === first ? total + Number(value) : total), 0)
    return { loads: sum(0), ticks: sum(1) }
  }

  /** Runs of a program that the kernel skipped; null where it does not tell. */
  missed(program: string): number | null {
    return this.object.programInfo(program).recursionMisses
  }

  /** Idempotent. */
  close(): void {
    for (const ticker of this.#tickers.splice(0)) ticker.close()
    this.object.close()
    this.#buffers.closeAll()
    this.#waker.close()
  }

  #enable(types: readonly number[]): void {
    const block = new Uint8Array(rs_control.bytes)
    const view = new DataView(block.buffer)
    for (const type of types) {
      view.setUint8(CONTROL.type + type * rs_type_control.bytes + rs_type_control.members.enabled, 1)
      view.setUint8(CONTROL.type + type * rs_type_control.bytes + rs_type_control.members.slot, GENERATOR_SLOT)
    }
    for (let at: number = CONTROL.rate; at < rs_control.bytes; at += RATE_BYTES) view.setUint32(at, RATE_ALL, true)
    view.setUint32(CONTROL.agent_pid, this.object.testRun('learn_pid', new Uint8Array(8)), true)
    this.object.map('control').write(0, block)
  }
}
