/** A source's changing half in memory, and an ingest that answers at once: what the controller is tested against. */
import type { IngestLink } from '../../src/control/resize.ts'
import type { ToIngest } from '../../src/ingest/messages.ts'
import { ABI } from '../../src/source/abi.ts'
import type { FeedDescriptor, SourceHost } from '../../src/source/source.ts'

export class FakeHost implements SourceHost {
  readonly kind = 'synthetic'
  readonly cpus = 2
  readonly agentPid = 4242
  /** Calls in their order, in words. */
  readonly calls: string[] = []
  failCreate: Error | null = null
  failInstall: Error | null = null
  /** An install resolves with this: the kernel waits for the programs that still hold the old ring. */
  installed: Promise<void> = Promise.resolve()
  #closed = false
  readonly #block = new Uint8Array(ABI.structs.rs_control.bytes)
  #lastHandle = 10

  feed(): FeedDescriptor {
    return {
      kind: 'synthetic',
      cpus: 2,
      seed: 1,
      eventsPerSecond: 0,
      shared: new SharedArrayBuffer(8),
      rings: [1, 2, 3],
    }
  }

  wake(): void {}

  readControl(): Uint8Array {
    if (this.#closed) throw new Error('the map is closed')
    return this.#block.slice()
  }

  writeControl(offset: number, bytes: Uint8Array): void {
    this.calls.push(`write ${offset}+${bytes.length}`)
    this.#block.set(bytes, offset)
  }

  async createRing(bytes: number): Promise<{ handle: number; capacityBytes: number }> {
    this.calls.push(`create ${bytes}`)
    if (this.failCreate !== null) throw this.failCreate
    this.#lastHandle += 1
    return { handle: this.#lastHandle, capacityBytes: bytes }
  }

  async installRing(slot: number, handle: number): Promise<void> {
    this.calls.push(`install ${slot} ${handle}`)
    await this.installed
    if (this.failInstall !== null) throw this.failInstall
  }

  closeRing(handle: number): void {
    this.calls.push(`close ${handle}`)
  }

  missed(): number {
    return 0
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}

export class FakeIngest implements IngestLink {
  readonly #calls: string[]

  constructor(calls: string[]) {
    this.#calls = calls
  }

  tell(message: ToIngest): void {
    this.#calls.push(nameOf(message))
  }

  async ask(messageOf: (request: number) => ToIngest): Promise<void> {
    this.#calls.push(nameOf(messageOf(1)))
  }
}

function nameOf(message: ToIngest): string {
  switch (message.type) {
    case 'adopt':
      return `adopt ${message.slot} ${message.handle}`
    case 'swapped':
    case 'abandoned':
      return `${message.type} ${message.slot}`
    default:
      return message.type
  }
}

export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code })
}
