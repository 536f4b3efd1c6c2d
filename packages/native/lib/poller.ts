/** Blocking until a buffer has data or another thread wakes this one. */
import { addon, type NativePoller, type NativeWaker } from './addon.ts'
import { checkInteger } from './arguments.ts'
import type { BufferReader } from './reader.ts'

const HANDLE_MAX = 2 ** 32 - 1
const TIMEOUT_MAX_MICROS = 2 ** 31 * 1000

/** Bits of what `Poller.wait` returns. */
export const WOKEN = 1
export const DATA = 2

/** A bell of one thread that outlives its pollers: made where `wake` is called from. */
export class Waker {
  readonly handle: number
  readonly #native: NativeWaker

  constructor() {
    this.#native = new addon.Waker()
    this.handle = this.#native.handle()
  }

  close(): void {
    this.#native.close()
  }
}

/** Ends the wait of the poller that has this waker. From any thread; nothing happens when the handle is unknown. */
export function wake(waker: number): void {
  checkInteger('wake', 'handle', waker, 1, HANDLE_MAX)
  addon.wake(waker)
}

export class Poller {
  /** Process-wide handle for `wake`. */
  readonly waker: number
  readonly #native: NativePoller

  /** @param waker handle of a `Waker` made in any thread; without one the poller has a bell of its own */
  constructor(waker?: number) {
    if (waker !== undefined) checkInteger('create a poller', 'waker', waker, 1, HANDLE_MAX)
    this.#native = new addon.Poller(waker)
    this.waker = this.#native.waker()
  }

  /** Edge-triggered: `wait` tells of data that is woken for after this, or that was there when it was added. */
  add(reader: BufferReader): void {
    this.#native.add(reader.handle)
  }

  remove(reader: BufferReader): void {
    this.#native.remove(reader.handle)
  }

  /**
   * Blocks the thread, to the microsecond where the kernel can (5.11) and else to the millisecond.
   * @returns bits WOKEN and DATA; 0 when the time has passed
   */
  wait(timeoutMicros: number): number {
    checkInteger('wait', 'timeout', timeoutMicros, 0, TIMEOUT_MAX_MICROS)
    return this.#native.wait(timeoutMicros)
  }

  close(): void {
    this.#native.close()
  }
}
