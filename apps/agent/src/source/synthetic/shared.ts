/**
 * What the two threads of the synthetic source share: the control block, and a few words for waking and for putting a
 * ring into a slot. A ring's memory lives in the ingest thread; its handle tells its size.
 */
import { ABI, LIMITS } from '../abi.ts'

const CONTROL_BYTES = ABI.structs.rs_control.bytes
/** Words behind the control block: `wake`, then the ring asked for per slot, then the ring in force per slot. */
const WAKE_WORD = CONTROL_BYTES / 4
const ASKED_WORD = WAKE_WORD + 1
const IN_FORCE_WORD = ASKED_WORD + LIMITS.slots
const SHARED_BYTES = (IN_FORCE_WORD + LIMITS.slots) * 4

const SIZE_BITS = 5
export const MIN_RING_BYTES = 4096
export const MAX_RING_BYTES = 256 * 1024 * 1024

export function newShared(): SharedArrayBuffer {
  return new SharedArrayBuffer(SHARED_BYTES)
}

/** Struct rs_control, as the producers read it. */
export function controlOf(shared: SharedArrayBuffer): Uint8Array {
  return new Uint8Array(shared, 0, CONTROL_BYTES)
}

/** @param bytes a power of two */
export function handleOf(serial: number, bytes: number): number {
  return (serial << SIZE_BITS) | Math.log2(bytes)
}

export function capacityOf(handle: number): number {
  return 2 ** (handle & ((1 << SIZE_BITS) - 1))
}

/** The words behind the control block. */
export class SharedWords {
  readonly #words: Int32Array

  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared)
  }

  /** Wakes the thread in `sleep`, or the next one to enter it. */
  wake(): void {
    Atomics.store(this.#words, WAKE_WORD, 1)
    Atomics.notify(this.#words, WAKE_WORD)
  }

  /** @returns whether `wake` was called */
  sleep(milliseconds: number): boolean {
    Atomics.wait(this.#words, WAKE_WORD, 0, milliseconds)
    return Atomics.exchange(this.#words, WAKE_WORD, 0) === 1
  }

  /** The host asks for a ring in a slot. */
  ask(slot: number, handle: number): void {
    Atomics.store(this.#words, ASKED_WORD + slot, handle)
  }

  asked(slot: number): number {
    return Atomics.load(this.#words, ASKED_WORD + slot)
  }

  /** Host: takes the asking back; feed: takes it on. @returns false when the other one was first */
  claim(slot: number, handle: number): boolean {
    return Atomics.compareExchange(this.#words, ASKED_WORD + slot, handle, 0) === handle
  }

  /** The producers write into this ring from now on. */
  confirm(slot: number, handle: number): void {
    Atomics.store(this.#words, IN_FORCE_WORD + slot, handle)
  }

  inForce(slot: number): number {
    return Atomics.load(this.#words, IN_FORCE_WORD + slot)
  }
}
