/** A synthetic source under a clock that the test moves, with controls set as an agent would. */
import { EVENT_TYPES, RATE_ALL, SLOT_NAMES } from '@ringside/protocol'
import { ABI, LIMITS } from '../../src/source/abi.ts'
import type { FeedDescriptor, SourceFeed } from '../../src/source/source.ts'
import { type SyntheticDescriptor, SyntheticFeed } from '../../src/source/synthetic/feed.ts'
import { SyntheticHost, type SyntheticOptions } from '../../src/source/synthetic/host.ts'

const { rs_control, rs_type_control, rs_slot_control } = ABI.structs

export const ROUTES = { fork: 0, exec: 0, exit: 0, open: 1, tcp: 1, packet: 2, syscall: 2, load: 2, tick: 2 } as const

export const SMALL: SyntheticOptions = {
  cpus: 2,
  seed: 7,
  eventsPerSecond: 20_000,
  capacities: SLOT_NAMES.map(() => 64 * 1024),
}

export class Controls {
  readonly #host: SyntheticHost

  constructor(host: SyntheticHost) {
    this.#host = host
    for (const [type, number] of Object.entries(EVENT_TYPES)) {
      this.enable(number, true)
      this.#byte(typeAt(number) + rs_type_control.members.slot, ROUTES[type as keyof typeof ROUTES])
      for (let slot = 0; slot < LIMITS.slots; slot += 1) this.rate(slot, number, RATE_ALL)
    }
  }

  enable(type: number, on: boolean): void {
    this.#byte(typeAt(type) + rs_type_control.members.enabled, on ? 1 : 0)
  }

  rate(slot: number, type: number, threshold: number): void {
    this.#word(rs_control.members.rate + (slot * LIMITS.types + type) * 4, threshold)
  }

  pause(on: boolean): void {
    this.#byte(rs_control.members.paused, on ? 1 : 0)
  }

  agent(pid: number): void {
    this.#word(rs_control.members.agent_pid, pid)
  }

  backpressure(slot: number, on: boolean, above: number, below: number): void {
    const at = rs_control.members.slot + slot * rs_slot_control.bytes
    this.#word(at + rs_slot_control.members.shed_above, above)
    this.#word(at + rs_slot_control.members.shed_below, below)
    this.#word(at + rs_slot_control.members.backpressure, on ? 1 : 0)
  }

  #byte(at: number, value: number): void {
    this.#host.writeControl(at, Uint8Array.of(value))
  }

  #word(at: number, value: number): void {
    this.#host.writeControl(at, new Uint8Array(Uint32Array.of(value).buffer))
  }
}

export function openSynthetic(options: Partial<SyntheticOptions> = {}) {
  const host = new SyntheticHost({ ...SMALL, ...options })
  const controls = new Controls(host)
  const clock = { ns: 0 }
  const feed = new SyntheticFeed(synthetic(host.feed()), { begin: { hi: 3, lo: 5 }, now: () => clock.ns })
  return { host, controls, clock, feed }
}

/** The feed under a clock that moves only while it waits. */
export function timed(feed: SourceFeed, clock: { ns: number }): SourceFeed {
  return {
    cpus: feed.cpus,
    wait: (micros) => {
      clock.ns += Math.max(1000, micros * 1000)
    },
    setAsleep: (asleep) => feed.setAsleep(asleep),
    beginPass: () => feed.beginPass(),
    read: (slot, chunk) => feed.read(slot, chunk),
    state: (slot) => feed.state(slot),
    rows: (rows) => feed.rows(rows),
    adopt: (slot, handle) => feed.adopt(slot, handle),
    swapped: (slot) => feed.swapped(slot),
    abandoned: (slot) => feed.abandoned(slot),
    retired: () => feed.retired(),
    close: () => feed.close(),
  }
}

export function synthetic(descriptor: FeedDescriptor): SyntheticDescriptor {
  if (descriptor.kind !== 'synthetic') throw new Error('not a synthetic source')
  return descriptor
}

function typeAt(type: number): number {
  return rs_control.members.type + type * rs_type_control.bytes
}
