/** The reading half of the kernel source: for the ingest thread, and the only place that reads buffers. */
import { BpfMap, PerfReader, Poller, Reader } from '@ringside/native'
import { ABI, LIMITS, ROW_BYTES_IN_USE } from '../abi.ts'
import type { BufferHandle, RingState, SourceFeed } from '../source.ts'
import type { KernelDescriptor } from './descriptor.ts'
import { Lane } from './lane.ts'
import { PerfShedding } from './perf-shedding.ts'

const ROW_BYTES = ABI.structs.rs_row.bytes
const WAKE_BYTES = ABI.structs.rs_wake.bytes
const ASLEEP = new Uint8Array(Uint32Array.of(1).buffer)
const AWAKE = new Uint8Array(Uint32Array.of(0).buffer)

export class KernelFeed implements SourceFeed {
  readonly cpus: number
  readonly #poller: Poller
  readonly #rows: BpfMap
  readonly #wake: BpfMap
  readonly #openPart: (handle: number) => Reader | PerfReader
  readonly #lanes: Lane<Reader | PerfReader>[]
  /** Rings are looked at by the programs themselves. */
  readonly #shedding: PerfShedding | null

  constructor(descriptor: KernelDescriptor) {
    const { transport, buffers } = descriptor
    this.cpus = descriptor.cpus
    this.#poller = new Poller(descriptor.waker)
    this.#rows = BpfMap.fromFd(descriptor.rowsFd)
    this.#wake = BpfMap.fromFd(descriptor.wakeFd)
    this.#shedding = transport === 'perf' ? new PerfShedding(BpfMap.fromFd(descriptor.controlFd), this.#wake) : null
    this.#openPart = transport === 'perf' ? PerfReader.open : Reader.open
    this.#lanes = Array.from({ length: LIMITS.slots }, (_, slot) => this.#newLane(buffers[slot] ?? null))
  }

  wait(timeoutMicros: number): void {
    this.#poller.wait(Math.ceil(timeoutMicros))
  }

  /** `write` ends with a full barrier: what the caller finds in the rings after it, it finds after the programs know. */
  setAsleep(asleep: boolean, but: readonly number[] = []): void {
    for (let slot = 0; slot < LIMITS.slots; slot += 1) {
      const sleeps = asleep && !but.includes(slot)
      this.#wake.write(slot * WAKE_BYTES + ABI.structs.rs_wake.members.asleep, sleeps ? ASLEEP : AWAKE)
    }
  }

  beginPass(): void {
    this.#shedding?.look((slot) => fullestPart(this.#lane(slot).state()))
    for (const lane of this.#lanes) lane.note()
  }

  read(slot: number, chunk: Uint8Array): number {
    return this.#lane(slot).read(chunk)
  }

  state(slot: number): RingState | null {
    return this.#lane(slot).state()
  }

  rows(rows: Uint8Array): void {
    // On a host of 128 CPUs whole rows are 13 MB: some 8 ms of the reader's time, each second.
    for (let at = 0; at < rows.length; at += ROW_BYTES) {
      this.#rows.read(at, rows.subarray(at, at + ROW_BYTES_IN_USE))
    }
  }

  adopt(slot: number, buffer: BufferHandle): void {
    this.#lane(slot).adopt(buffer)
  }

  swapped(slot: number): void {
    this.#lane(slot).swapped()
  }

  abandoned(slot: number): void {
    this.#lane(slot).abandoned()
  }

  removed(slot: number): void {
    this.#lane(slot).removed()
  }

  retired(): number[] {
    return this.#lanes.flatMap((lane) => lane.retire())
  }

  /** Idempotent. */
  close(): void {
    for (const lane of this.#lanes) lane.close()
    this.#shedding?.close()
    this.#poller.close()
    this.#rows.close()
    this.#wake.close()
  }

  #newLane(buffer: BufferHandle | null): Lane<Reader | PerfReader> {
    return new Lane({ open: (part) => this.#open(part), letGo: (reader) => this.#letGo(reader) }, buffer)
  }

  #open(part: number): Reader | PerfReader {
    const reader = this.#openPart(part)
    this.#poller.add(reader)
    return reader
  }

  #letGo(reader: Reader | PerfReader): void {
    this.#poller.remove(reader)
    reader.close()
  }

  #lane(slot: number): Lane<Reader | PerfReader> {
    const lane = this.#lanes[slot]
    if (lane === undefined) throw new RangeError(`no slot ${slot}`)
    return lane
  }
}

function fullestPart(state: RingState | null): number {
  return state === null ? 0 : state.fullestBytes / state.parts
}
