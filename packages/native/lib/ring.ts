/**
 * A BPF ring buffer of this process: one thread makes it, another reads it, by its handle. The memory goes when the
 * ring and its reader are both closed.
 */
import { addon, type NativeBuffer } from './addon.ts'
import { checkMapName, checkRingBytes } from './arguments.ts'

export class Ring {
  /** The map's descriptor, to put into a slot. */
  readonly fd: number
  /** Process-wide, never used twice. */
  readonly handle: number
  readonly capacityBytes: number
  readonly #native: NativeBuffer

  private constructor(native: NativeBuffer) {
    this.#native = native
    this.fd = native.fd()
    this.handle = native.handle()
    this.capacityBytes = native.capacity()
  }

  /** Makes and maps it on a pool thread: a large one takes milliseconds. */
  static async create(bytes: number, name = ''): Promise<Ring> {
    checkRingBytes('create a ring buffer', bytes)
    checkMapName('create a ring buffer', name)
    return new Ring(await addon.createRing(bytes, name))
  }

  static createSync(bytes: number, name = ''): Ring {
    checkRingBytes('create a ring buffer', bytes)
    checkMapName('create a ring buffer', name)
    return new Ring(addon.createRingSync(bytes, name))
  }

  /** Bytes since the ring was made. */
  positions(): { producer: number; consumer: number } {
    return this.#native.positions()
  }

  close(): void {
    this.#native.close()
  }
}
