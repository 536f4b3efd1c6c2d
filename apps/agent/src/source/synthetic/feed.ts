/**
 * The reading half of the synthetic source. Its producers run in the reader's own thread, whenever the reader looks or
 * waits: so a reader that is late finds a ring that overflowed meanwhile, as it would with the kernel.
 */
import { LIMITS } from '../abi.ts'
import { type MonotonicWords, monotonicWords, nsSince } from '../monotonic.ts'
import type { FeedDescriptor, RingState, SourceFeed } from '../source.ts'
import { Emit } from './emit.ts'
import { Lane } from './lane.ts'
import { controlOf, SharedWords } from './shared.ts'
import { Story } from './story.ts'

/** A sleeping reader looks this often whether its producers would have woken it. */
const LOOK_MS = 2

export type SyntheticDescriptor = Extract<FeedDescriptor, { kind: 'synthetic' }>

/** Time for a feed: where it begins, and ns since then. */
export interface FeedClock {
  begin: MonotonicWords
  now: () => number
}

function realClock(): FeedClock {
  const begin = monotonicWords()
  return { begin, now: nsSince(begin) }
}

export class SyntheticFeed implements SourceFeed {
  readonly cpus: number
  readonly #shared: SharedWords
  readonly #emit: Emit
  readonly #story: Story
  readonly #lanes: Lane[]
  readonly #now: () => number
  #asleep = false

  constructor(descriptor: SyntheticDescriptor, clock: FeedClock = realClock()) {
    this.cpus = descriptor.cpus
    this.#shared = new SharedWords(descriptor.shared)
    this.#emit = new Emit(descriptor.cpus, controlOf(descriptor.shared), descriptor.seed)
    this.#story = new Story(this.#emit, descriptor.seed, descriptor.eventsPerSecond, clock.begin)
    this.#lanes = Array.from({ length: LIMITS.slots }, (_, slot) => new Lane(descriptor.rings[slot] ?? null))
    this.#lanes.forEach((lane, slot) => {
      this.#emit.rings[slot] = lane.written
    })
    this.#now = clock.now
  }

  wait(timeoutMicros: number): void {
    let leftMs = timeoutMicros / 1000
    while (leftMs > 0) {
      const sliceMs = this.#asleep ? Math.min(leftMs, LOOK_MS) : leftMs
      if (this.#shared.sleep(sliceMs)) return
      leftMs -= sliceMs
      if (this.#asleep && this.#wouldWake()) return
    }
  }

  setAsleep(asleep: boolean): void {
    this.#asleep = asleep
  }

  beginPass(): void {
    this.#produce()
    for (const lane of this.#lanes) lane.note()
  }

  read(slot: number, chunk: Uint8Array): number {
    return this.#lane(slot).read(chunk)
  }

  state(slot: number): RingState | null {
    return this.#lane(slot).state()
  }

  rows(rows: Uint8Array): void {
    rows.set(this.#emit.rows)
  }

  adopt(slot: number, handle: number): void {
    this.#lane(slot).adopt(handle)
  }

  swapped(slot: number): void {
    this.#lane(slot).swapped()
  }

  abandoned(slot: number): void {
    this.#lane(slot).abandon()
  }

  retired(): number[] {
    return this.#lanes.flatMap((lane) => lane.retire())
  }

  close(): void {
    this.#emit.rings.fill(null)
  }

  #produce(): void {
    this.#lanes.forEach((lane, slot) => {
      this.#swapIfAsked(lane, slot)
    })
    this.#story.advance(this.#now())
  }

  #swapIfAsked(lane: Lane, slot: number): void {
    const handle = this.#shared.asked(slot)
    if (!lane.hasAdopted(handle) || !this.#shared.claim(slot, handle)) return
    this.#emit.rings[slot] = lane.swap()
    this.#shared.confirm(slot, handle)
  }

  #wouldWake(): boolean {
    this.#produce()
    return this.#lanes.some((lane, slot) => {
      const used = lane.written?.usedBytes ?? 0
      return used > 0 && used >= this.#emit.wakeBytes(slot)
    })
  }

  #lane(slot: number): Lane {
    const lane = this.#lanes[slot]
    if (lane === undefined) throw new RangeError(`no slot ${slot}`)
    return lane
  }
}
