/** The reading half of the kernel source: for the ingest thread, and the only place that reads rings. */
import { BpfMap, Poller, Reader } from '@ringside/native'
import { ABI, LIMITS, ROW_BYTES_IN_USE } from '../abi.ts'
import type { FeedDescriptor, RingState, SourceFeed } from '../source.ts'
import { Lane } from './lane.ts'

export type KernelDescriptor = Extract<FeedDescriptor, { kind: 'kernel' }>

const ROW_BYTES = ABI.structs.rs_row.bytes
const WAKE_BYTES = ABI.structs.rs_wake.bytes
const ASLEEP = new Uint8Array(Uint32Array.of(1).buffer)
const AWAKE = new Uint8Array(Uint32Array.of(0).buffer)

export class KernelFeed implements SourceFeed {
  readonly cpus: number
  readonly #poller: Poller
  readonly #rows: BpfMap
  readonly #wake: BpfMap
  readonly #lanes: Lane<Reader>[]

  constructor(descriptor: KernelDescriptor) {
    this.cpus = descriptor.cpus
    this.#poller = new Poller(descriptor.waker)
    this.#rows = BpfMap.fromFd(descriptor.rowsFd)
    this.#wake = BpfMap.fromFd(descriptor.wakeFd)
    this.#lanes = Array.from({ length: LIMITS.slots }, (_, slot) => this.#newLane(descriptor.rings[slot] ?? null))
  }

  wait(timeoutMicros: number): void {
    this.#poller.wait(Math.ceil(timeoutMicros))
  }

  /** `write` ends with a full barrier: what the caller finds in the rings after it, it finds after the programs know. */
  setAsleep(asleep: boolean): void {
    for (let slot = 0; slot < LIMITS.slots; slot += 1) {
      this.#wake.write(slot * WAKE_BYTES + ABI.structs.rs_wake.members.asleep, asleep ? ASLEEP : AWAKE)
    }
  }

  beginPass(): void {
    for (const lane of this.#lanes) lane.note()
  }

  read(slot: number, chunk: Uint8Array): number {
    return this.#lane(slot).read(chunk)
  }

  state(slot: number): RingState | null {
    return this.#lane(slot).state()
  }

  rows(rows: Uint8Array): void {
    // On a host of 128 CPUs whole rows are 6.6 MB: 4 ms of the reader's time, each second.
    for (let at = 0; at < rows.length; at += ROW_BYTES) {
      this.#rows.read(at, rows.subarray(at, at + ROW_BYTES_IN_USE))
    }
  }

  adopt(slot: number, handle: number): void {
    this.#lane(slot).adopt(handle)
  }

  swapped(slot: number): void {
    this.#lane(slot).swapped()
  }

  abandoned(slot: number): void {
    this.#lane(slot).abandoned()
  }

  retired(): number[] {
    return this.#lanes.flatMap((lane) => lane.retire())
  }

  /** Idempotent. */
  close(): void {
    for (const lane of this.#lanes) lane.close()
    this.#poller.close()
    this.#rows.close()
    this.#wake.close()
  }

  #newLane(handle: number | null): Lane<Reader> {
    return new Lane({ open: (ring) => this.#open(ring), letGo: (reader) => this.#letGo(reader) }, handle)
  }

  #open(handle: number): Reader {
    const reader = Reader.open(handle)
    this.#poller.add(reader)
    return reader
  }

  #letGo(reader: Reader): void {
    this.#poller.remove(reader)
    reader.close()
  }

  #lane(slot: number): Lane<Reader> {
    const lane = this.#lanes[slot]
    if (lane === undefined) throw new RangeError(`no slot ${slot}`)
    return lane
  }
}
