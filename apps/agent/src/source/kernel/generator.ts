/**
 * An instance of the BPF object of its own, with the generators and one ring: events whose number is known beforehand,
 * for the self-test and for tests. It shares nothing with the instance that watches the host.
 */
import { type BpfObject, possibleCpus, Ring, Ticker, Waker } from '@ringside/native'
import { EVENT_TYPES, RATE_ALL } from '@ringside/protocol'
import { ABI, LIMITS } from '../abi.ts'
import type { KernelDescriptor } from './feed.ts'
import { objectFile, openObject } from './programs.ts'

/** What `generate` makes in one run, at most (packages/bpf/src/load.bpf.c). */
export const LOADS_PER_RUN = 512
/** The slot that everything is routed to. */
export const GENERATOR_SLOT = 1

const { rs_control, rs_type_control, rs_load } = ABI.structs
const CONTROL = rs_control.members
const RATE_BYTES = 4
const RUN_WORDS = 3

const GENERATE = 'generate'
const ON_TICK = 'on_tick'

export interface GeneratorOptions {
  ringBytes: number
  /** Further programs to attach, by their event type's number. */
  also?: Readonly<Record<number, string>>
}

export class Generator {
  readonly cpus = possibleCpus()
  readonly #object: BpfObject
  readonly #ring: Ring
  readonly #waker = new Waker()
  readonly #tickers: Ticker[] = []
  readonly #run = new BigUint64Array(RUN_WORDS)

  private constructor(object: BpfObject, ring: Ring) {
    this.#object = object
    this.#ring = ring
  }

  /** Takes some 50 ms, most of them off the thread. Throws NativeError where BPF does not load. */
  static async create(options: GeneratorOptions): Promise<Generator> {
    const also = options.also ?? {}
    const wanted = [GENERATE, ON_TICK, 'learn_pid', ...Object.values(also)]
    const object = openObject(objectFile(), possibleCpus(), wanted)
    let generator: Generator | null = null
    try {
      object.load()
      generator = new Generator(object, await Ring.create(options.ringBytes, 'rs_generator'))
      await generator.settle()
      generator.#enable([EVENT_TYPES.load, EVENT_TYPES.tick, ...Object.keys(also).map(Number)])
      for (const program of Object.values(also)) object.attach(program)
      return generator
    } catch (error) {
      if (generator === null) object.close()
      else generator.close()
      throw error
    }
  }

  /** For a `KernelFeed`. */
  feed(): KernelDescriptor {
    const rings = Array.from({ length: LIMITS.slots }, (_, slot) =>
      slot === GENERATOR_SLOT ? this.#ring.handle : null,
    )
    const fd = (map: string) => this.#object.map(map).fd
    return { kind: 'kernel', cpus: this.cpus, rowsFd: fd('rows'), wakeFd: fd('wake'), rings, waker: this.#waker.handle }
  }

  /** Makes `count` events of `rs_load` with `padBytes` of padding, on the CPU that the thread runs on. */
  generate(count: number, padBytes = 0): void {
    const pad = Math.min(padBytes, LIMITS.scratchBytes - rs_load.bytes)
    for (let left = count; left > 0; left -= LOADS_PER_RUN) {
      this.#run.set([BigInt(Math.min(left, LOADS_PER_RUN)), BigInt(pad), BigInt(EVENT_TYPES.load)])
      this.#object.testRun(GENERATE, new Uint8Array(this.#run.buffer))
    }
  }

  /** The descriptor of the generating program, to run it from another thread. */
  get generateFd(): number {
    return this.#object.program(GENERATE).fd
  }

  /** From now on a timer's interrupt makes an event of `rs_tick` each time, inside of what it interrupts. */
  startTicks(hz: number, cpus: readonly number[]): void {
    this.#object.attach(ON_TICK)
    for (const cpu of cpus) this.#tickers.push(new Ticker(hz, cpu))
  }

  stopTicks(): void {
    for (const ticker of this.#tickers.splice(0)) ticker.close()
    this.#object.detach(ON_TICK)
  }

  /** @param threshold of the 32-bit draw: RS_RATE_ALL keeps all, 0 none */
  setRate(type: number, threshold: number): void {
    const at = CONTROL.rate + (GENERATOR_SLOT * LIMITS.types + type) * RATE_BYTES
    this.#object.map('control').write(at, new Uint8Array(Uint32Array.of(threshold).buffer))
  }

  /** From now on the traffic of this port is taken for the agent's own. */
  setAgentPort(port: number): void {
    this.#object.map('control').write(CONTROL.agent_port, new Uint8Array(Uint16Array.of(port).buffer))
  }

  /** Nothing is seen any more: for generators beside which the host's own events are counted. */
  pause(): void {
    this.#object.map('control').write(CONTROL.paused, new Uint8Array(Uint16Array.of(1).buffer))
  }

  /** Resolves when every program run that had begun has ended: the update of a slot waits for them. */
  async settle(): Promise<void> {
    const word = (value: number) => new Uint8Array(Uint32Array.of(value).buffer)
    await this.#object.map('slots').updateAsync(word(GENERATOR_SLOT), word(this.#ring.fd))
  }

  /** How many events the generators were asked for, by their own count. */
  runs(): { loads: number; ticks: number } {
    const perCpu = new BigUint64Array(this.cpus * 2)
    this.#object.map('runs').lookup(new Uint8Array(4), new Uint8Array(perCpu.buffer))
    const sum = (first: number) =>
      perCpu.reduce((total, value, at) => (at % 2 === first ? total + Number(value) : total), 0)
    return { loads: sum(0), ticks: sum(1) }
  }

  /** Runs of a program that the kernel skipped; null where it does not tell. */
  missed(program: string): number | null {
    return this.#object.programInfo(program).recursionMisses
  }

  /** Idempotent. */
  close(): void {
    for (const ticker of this.#tickers.splice(0)) ticker.close()
    this.#object.close()
    this.#ring.close()
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
    view.setUint32(CONTROL.agent_pid, this.#object.testRun('learn_pid', new Uint8Array(8)), true)
    this.#object.map('control').write(0, block)
  }
}
