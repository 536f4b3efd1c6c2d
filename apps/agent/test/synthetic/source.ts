/** A synthetic source under a clock that the test moves, with controls set as an agent would. */
import { EVENT_TYPES, RATE_ALL, SLOT_NAMES } from '@ringside/protocol'
import { ABI, LIMITS } from '../../src/source/abi.ts'
import type { BufferWish, FeedDescriptor, SourceFeed } from '../../src/source/source.ts'
import { type SyntheticDescriptor, SyntheticFeed } from '../../src/source/synthetic/feed.ts'
import { SyntheticHost, type SyntheticOptions } from '../../src/source/synthetic/host.ts'

const { rs_control, rs_type_control, rs_slot_control } = ABI.structs

export const ROUTES = { fork: 0, exec: 0, exit: 0, open: 1, tcp: 1, packet: 2, syscall: 2, load: 2, tick: 2 } as const

/** Single rings of these sizes; null: no buffer. */
export function singles(...capacities: (number | null)[]): (BufferWish | null)[] {
  return capacities.map((bytes) => (bytes === null ? null : { bytes, sharding: 'single' }))
}

export const SMALL: SyntheticOptions = {
  cpus: 2,
  seed: 7,
  eventsPerSecond: 20_000,
  buffers: singles(...SLOT_NAMES.map(() => 64 * 1024)),
}

export class Controls {
  readonly #write: (at: number, bytes: Uint8Array) => void

  constructor(write: (at: number, bytes: Uint8Array) => void) {
    this.#write = write
    for (const [type, number] of Object.entries(EVENT_TYPES)) {
      this.enable(number, true)
      this.route(number, ROUTES[type as keyof typeof ROUTES])
      for (let slot = 0; slot < LIMITS.slots; slot += 1) this.rate(slot, number, RATE_ALL)
    }
  }

  enable(type: number, on: boolean): void {
    this.#byte(typeAt(type) + rs_type_control.members.enabled, on ? 1 : 0)
  }

  route(type: number, slot: number): void {
    this.#byte(typeAt(type) + rs_type_control.members.slot, slot)
  }

  /** @param mode enum rs_mode */
  mode(type: number, mode: number): void {
    this.#byte(typeAt(type) + rs_type_control.members.mode, mode)
  }

  version(type: number, version: number): void {
    this.#byte(typeAt(type) + rs_type_control.members.version, version)
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

  wakeBytes(slot: number, bytes: number): void {
    this.#word(slotAt(slot) + rs_slot_control.members.wake_bytes, bytes)
  }

  backpressure(slot: number, on: boolean, above: number, below: number): void {
    const at = slotAt(slot)
    this.#word(at + rs_slot_control.members.shed_above, above)
    this.#word(at + rs_slot_control.members.shed_below, below)
    this.#word(at + rs_slot_control.members.backpressure, on ? 1 : 0)
  }

  #byte(at: number, value: number): void {
    this.#write(at, Uint8Array.of(value))
  }

  #word(at: number, value: number): void {
    this.#write(at, new Uint8Array(Uint32Array.of(value).buffer))
  }
}

export function openSynthetic(options: Partial<SyntheticOptions> = {}) {
  const host = new SyntheticHost({ ...SMALL, ...options })
  const controls = new Controls((at, bytes) => host.writeControl(at, bytes))
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
    adopt: (slot, buffer) => feed.adopt(slot, buffer),
    swapped: (slot) => feed.swapped(slot),
    abandoned: (slot) => feed.abandoned(slot),
    removed: (slot) => feed.removed(slot),
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

function slotAt(slot: number): number {
  return rs_control.members.slot + slot * rs_slot_control.bytes
}
