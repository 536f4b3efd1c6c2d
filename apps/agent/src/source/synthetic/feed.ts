/**
 * The reading half of the synthetic source. Its producers run in the reader's own thread, whenever the reader looks or
 * waits: so a reader that is late finds a ring that overflowed meanwhile, as it would with the kernel.
 */
import { LIMITS } from '../abi.ts'
import { Lane } from '../kernel/lane.ts'
import { type MonotonicWords, monotonicWords, nsSince } from '../monotonic.ts'
import type { BufferHandle, FeedDescriptor, RingState, SourceFeed } from '../source.ts'
import { ByteRing } from './byte-ring.ts'
import { Emit } from './emit.ts'
import { Filters } from './filters.ts'
import { seedsOf } from './random.ts'
import { controlOf, NOTHING, partCapacity, SharedWords, tableBanksOf } from './shared.ts'
import { Story } from './story.ts'
import { Tally } from './tally.ts'

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
  readonly #filters: Filters
  readonly #tally: Tally
  readonly #emit: Emit
  readonly #story: Story
  readonly #rings = new Map<number, ByteRing>()
  readonly #lanes: readonly Lane<ByteRing>[]
  /** By slot: what is to be put into it when the host says so. */
  readonly #adopted: (BufferHandle | null)[] = Array.from({ length: LIMITS.slots }, () => null)
  readonly #now: () => number
  #asleep = false
  /** Slots whose producers do not wake the reader that sleeps. */
  #awake: readonly number[] = []

  constructor(descriptor: SyntheticDescriptor, clock: FeedClock = realClock()) {
    const { cpus, seed, eventsPerSecond, shared, buffers } = descriptor
    this.cpus = cpus
    this.#shared = new SharedWords(shared)
    this.#filters = new Filters(this.#shared)
    this.#tally = new Tally(tableBanksOf(shared), seedsOf(seed))
    this.#emit = new Emit({ cpus, control: controlOf(shared), seed, filters: this.#filters, tally: this.#tally })
    this.#story = new Story(this.#emit, seed, eventsPerSecond, clock.begin)
    const pool = { open: (part: number) => this.#openRing(part), letGo: (ring: ByteRing) => this.#letGo(ring) }
    this.#lanes = Array.from({ length: LIMITS.slots }, (_, slot) => new Lane(pool, buffers[slot] ?? null))
    for (const [slot, buffer] of buffers.entries()) this.#emit.rings[slot] = buffer === null ? null : this.#of(buffer)
    this.#shared.confirmTableBank(this.#shared.tableBankAsked(), clock.begin)
    this.#tally.use(this.#shared.tableBank())
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

  setAsleep(asleep: boolean, but: readonly number[] = []): void {
    this.#asleep = asleep
    this.#awake = but
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
    rows.set(this.#emit.rows.bytes)
  }

  adopt(slot: number, buffer: BufferHandle): void {
    this.#lane(slot).adopt(buffer)
    this.#adopted[slot] = buffer
  }

  swapped(slot: number): void {
    this.#lane(slot).swapped()
  }

  abandoned(slot: number): void {
    this.#adopted[slot] = null
    this.#lane(slot).abandoned()
  }

  removed(slot: number): void {
    this.#lane(slot).removed()
  }

  retired(): number[] {
    return this.#lanes.flatMap((lane) => lane.retire())
  }

  close(): void {
    this.#emit.rings.fill(null)
    for (const lane of this.#lanes) lane.close()
  }

  /** What the host has asked for is done between two events, when all that had begun has ended. */
  #produce(): void {
    this.#story.resume()
    for (let slot = 0; slot < LIMITS.slots; slot += 1) this.#changeBuffer(slot)
    this.#filters.refresh()
    this.#changeTables()
    this.#shared.confirmSettled()
    this.#story.advance(this.#now())
  }

  #changeBuffer(slot: number): void {
    const asked = this.#shared.asked(slot)
    if (asked === NOTHING) return
    if (this.#shared.isRemoval(asked)) {
      if (!this.#shared.claim(slot, asked)) return
      this.#emit.rings[slot] = null
      this.#shared.confirm(slot, NOTHING)
      return
    }
    const buffer = this.#adopted[slot]
    if (buffer?.handle !== asked || !this.#shared.claim(slot, asked)) return
    this.#emit.rings[slot] = this.#of(buffer)
    this.#adopted[slot] = null
    this.#shared.confirm(slot, asked)
  }

  #changeTables(): void {
    const bank = this.#shared.tableBankAsked()
    if (bank === this.#shared.tableBank()) return
    this.#tally.use(bank)
    this.#shared.confirmTableBank(bank, this.#story.time)
  }

  #wouldWake(): boolean {
    this.#produce()
    return this.#lanes.some((_, slot) => !this.#awake.includes(slot) && this.#emit.wakes(slot))
  }

  #of({ parts }: BufferHandle): ByteRing[] {
    return parts.map((part) => this.#rings.get(part) as ByteRing)
  }

  #openRing(part: number): ByteRing {
    const ring = new ByteRing(part, partCapacity(part))
    this.#rings.set(part, ring)
    return ring
  }

  #letGo(ring: ByteRing): void {
    this.#rings.delete(ring.handle)
  }

  #lane(slot: number): Lane<ByteRing> {
    const lane = this.#lanes[slot]
    if (lane === undefined) throw new RangeError(`no slot ${slot}`)
    return lane
  }
}
