/**
 * Perf buffers: what stands in for rings on kernels without them. One takes what BPF programs write on one CPU. One
 * thread makes it, another reads it, by its handle; the memory goes when buffer and reader are both closed.
 */
import { addon, type NativeBuffer } from './addon.ts'
import { checkInteger, checkRingBytes } from './arguments.ts'
import { BufferReader } from './reader.ts'

const CPU_MAX = 2 ** 16

export interface PerfOptions {
  cpu: number
  /** A poller is woken each time when more than this has been written since the last time; 1: by every record. */
  wakeBytes: number
}

export class PerfBuffer {
  /** The event's descriptor, to put into a BPF_MAP_TYPE_PERF_EVENT_ARRAY. */
  readonly fd: number
  /** Process-wide, never used twice. */
  readonly handle: number
  /** Of the data: a power of two, at least a page. The kernel fills it up to 8 bytes less. */
  readonly capacityBytes: number
  readonly #native: NativeBuffer

  private constructor(native: NativeBuffer) {
    this.#native = native
    this.fd = native.fd()
    this.handle = native.handle()
    this.capacityBytes = native.capacity()
  }

  /** Opens and maps it on a pool thread. ENODEV: the CPU is not online. */
  static async create(bytes: number, { cpu, wakeBytes }: PerfOptions): Promise<PerfBuffer> {
    checkPerf(bytes, cpu, wakeBytes)
    return new PerfBuffer(await addon.createPerf(bytes, cpu, wakeBytes))
  }

  static createSync(bytes: number, { cpu, wakeBytes }: PerfOptions): PerfBuffer {
    checkPerf(bytes, cpu, wakeBytes)
    return new PerfBuffer(addon.createPerfSync(bytes, cpu, wakeBytes))
  }

  /** Bytes since the buffer was made. */
  positions(): { producer: number; consumer: number } {
    return this.#native.positions()
  }

  close(): void {
    this.#native.close()
  }
}

/** An event of n bytes comes with the length roundup8(n + 4) − 4: what the kernel appends stands behind its end. */
export class PerfReader extends BufferReader {
  /** Takes the handle of a perf buffer made in any thread. Throws EBUSY while the buffer has another reader. */
  static open(buffer: number): PerfReader {
    return new PerfReader(buffer, 'perf')
  }

  /**
   * Events that the kernel told it had no room for, since the buffer was made. It tells with the next event that has
   * room again, and so never of those that nothing follows.
   */
  lost(): number {
    return this.native.lost()
  }

  /** Records that are neither events nor losses, since the buffer was made. */
  others(): number {
    return this.native.others()
  }
}

function checkPerf(bytes: number, cpu: number, wakeBytes: number): void {
  const operation = 'create a perf buffer'
  checkRingBytes(operation, bytes)
  checkInteger(operation, 'cpu', cpu, 0, CPU_MAX)
  checkInteger(operation, 'wakeBytes', wakeBytes, 1, bytes)
}
