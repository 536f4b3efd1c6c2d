/** The test object with a perf buffer for one CPU, and the words to drive it. */
import { spawnSync } from 'node:child_process'
import { onlineCpus, PerfBuffer, PerfReader } from '@ringside/native'
import { built, openProbe, recordsOf, type Taken, word32, words } from './probe.ts'

export const PERF_HEADER_BYTES = 12

export class PerfProbe {
  readonly object = openProbe()
  readonly cpu = onlineCpus()[0] ?? 0
  readonly buffer: PerfBuffer
  readonly reader: PerfReader

  constructor(bytes: number, wakeBytes = bytes) {
    this.object.load()
    this.buffer = PerfBuffer.createSync(bytes, { cpu: this.cpu, wakeBytes })
    this.object.map('perf').update(word32(this.cpu), word32(this.buffer.fd))
    this.reader = PerfReader.open(this.buffer.handle)
  }

  /** @returns 0, or the errno for which it was not written */
  put(bytes: number, word: number, entry = this.cpu): number {
    return this.object.testRun('put_perf', words(bytes, word, entry), { cpu: this.cpu })
  }

  /** Consumes, and takes the chunk apart. */
  take(chunk: Uint8Array = new Uint8Array(1 << 20), until?: number): Taken[] {
    return recordsOf(chunk, this.reader.consume(chunk, until))
  }

  /** Overwrites 64-bit words of the buffer from another process, by their place in its mapping. */
  forge(...pairs: [place: number, value: bigint][]): void {
    const args = [this.buffer.capacityBytes, ...pairs.flat()].map(String)
    const { status } = spawnSync(built('forge-perf'), args, {
      stdio: ['ignore', 'ignore', 'inherit', this.buffer.fd],
    })
    if (status !== 0) throw new Error(`forge-perf ended with ${status}`)
  }

  close(): void {
    this.reader.close()
    this.buffer.close()
    this.object.close()
  }
}

/** What the kernel delivers of an event: its bytes and what it appends to them. */
export function deliveredBytes(bytes: number): number {
  return ((bytes + 4 + 7) & ~7) - 4
}

/** What one event takes in the buffer. */
export function perfBytes(bytes: number): number {
  return PERF_HEADER_BYTES + deliveredBytes(bytes)
}
