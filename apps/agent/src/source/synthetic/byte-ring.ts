/**
 * A finite ring of bytes with the rules of the kernel's ring buffer (kernel/bpf/ringbuf.c): an 8-byte header before
 * each record, busy until it is submitted; reserving fails when the bytes do not fit. One thread, no clock.
 */
import { RING_HEADER, ringBytes } from '../abi.ts'
import type { LaneReader } from '../kernel/lane.ts'

export class ByteRing implements LaneReader {
  readonly handle: number
  readonly capacityBytes: number
  /** Its own writer is its reader's neighbour: positions cannot be spoilt. */
  readonly fault = false
  /** Bytes since the ring was made. */
  #producer = 0
  #consumer = 0
  readonly #u8: Uint8Array
  readonly #words: Uint32Array
  readonly #mask: number

  constructor(handle: number, capacityBytes: number) {
    this.handle = handle
    this.capacityBytes = capacityBytes
    this.#mask = capacityBytes - 1
    this.#u8 = new Uint8Array(capacityBytes)
    this.#words = new Uint32Array(this.#u8.buffer)
  }

  get usedBytes(): number {
    return this.#producer - this.#consumer
  }

  producer(): number {
    return this.#producer
  }

  consumer(): number {
    return this.#consumer
  }

  /** The head record is reserved and not submitted. */
  busy(): boolean {
    const head = this.#words[this.#place(this.#consumer) >>> 2] as number
    return this.usedBytes > 0 && (head & RING_HEADER.busyBit) !== 0
  }

  /** A record of that size never fits, however empty the ring is. */
  tooLarge(size: number): boolean {
    return ringBytes(size) > this.capacityBytes - RING_HEADER.bytes
  }

  /** @returns the position of a busy record, or -1 when it does not fit now */
  reserve(size: number): number {
    const at = this.#producer
    if (at + ringBytes(size) - this.#consumer > this.#mask) return -1
    const place = this.#place(at) >>> 2
    this.#words[place] = (size | RING_HEADER.busyBit) >>> 0
    this.#words[place + 1] = 0
    this.#producer = at + ringBytes(size)
    return at
  }

  /** Writes a reserved record's bytes and lets readers see it. */
  submit(at: number, record: Uint8Array): void {
    const body = this.#place(at + RING_HEADER.bytes)
    const first = Math.min(record.length, this.capacityBytes - body)
    this.#u8.set(record.subarray(0, first), body)
    if (first < record.length) this.#u8.set(record.subarray(first), 0)
    this.#words[this.#place(at) >>> 2] = record.length
  }

  /** Copies whole records up to the position `until` into `chunk`, and gives their room back. @returns bytes */
  consume(chunk: Uint8Array, until = this.#producer): number {
    let end = this.#consumer
    while (end < until) {
      const header = this.#words[this.#place(end) >>> 2] as number
      if ((header & RING_HEADER.busyBit) !== 0) break
      const next = end + ringBytes(header & RING_HEADER.lengthMask)
      if (next - this.#consumer > chunk.length) break
      end = next
    }
    const bytes = end - this.#consumer
    const from = this.#place(this.#consumer)
    const first = Math.min(bytes, this.capacityBytes - from)
    chunk.set(this.#u8.subarray(from, from + first), 0)
    if (first < bytes) chunk.set(this.#u8.subarray(0, bytes - first), first)
    this.#consumer = end
    return bytes
  }

  /** Positions pass 2^32: a double's remainder, not a mask. */
  #place(position: number): number {
    return position % this.capacityBytes
  }
}
