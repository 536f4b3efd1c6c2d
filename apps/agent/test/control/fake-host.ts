/** A source's changing half in memory, and an ingest that answers at once: what the controller is tested against. */
import { type FilterRule, SLOT_NAMES, type Transport } from '@ringside/protocol'
import type { IngestLink } from '../../src/control/resize.ts'
import type { ToIngest } from '../../src/ingest/messages.ts'
import { ABI } from '../../src/source/abi.ts'
import type { Buffer, FeedDescriptor, Sharding, SourceHost, TableWindow } from '../../src/source/source.ts'

const MIB = 1024 * 1024
export const CPUS = 2

export class FakeHost implements SourceHost {
  readonly kind = 'synthetic'
  readonly transport: Transport
  readonly transportReason = null
  readonly cpus = CPUS
  readonly agentPid = 4242
  /** Calls in their order, in words. */
  readonly calls: string[] = []
  /** By the name of a call: what it fails with. `create 3` is the creation for slot 3 alone. */
  readonly failures = new Map<string, Error>()
  /** An install resolves with this: the kernel waits for the programs that still hold the old buffer. */
  installed: Promise<void> = Promise.resolve()
  #closed = false
  #filters: FilterRule[] = []
  readonly #block = new Uint8Array(ABI.structs.rs_control.bytes)
  #lastHandle = 10

  constructor(transport: Transport = 'ring') {
    this.transport = transport
  }

  /** By priority: handles 1 to 3. */
  feed(): FeedDescriptor {
    const initial = [MIB, 8 * MIB, 8 * MIB].map((bytes, slot) => this.#buffer(slot + 1, bytes, 'single'))
    const buffers = SLOT_NAMES.map((_, slot) => initial[slot] ?? null)
    return { kind: 'synthetic', cpus: CPUS, seed: 1, eventsPerSecond: 0, shared: new SharedArrayBuffer(8), buffers }
  }

  wake(): void {}

  readControl(): Uint8Array {
    if (this.#closed) throw new Error('the map is closed')
    return this.#block.slice()
  }

  writeControl(offset: number, bytes: Uint8Array): void {
    this.calls.push(`write ${offset}+${bytes.length}`)
    this.#fail('write')
    this.#block.set(bytes, offset)
  }

  async writeFilters(rules: readonly FilterRule[]): Promise<void> {
    this.calls.push(`filters ${rules.length}`)
    this.#fail('filters')
    this.#filters = structuredClone([...rules])
  }

  readFilters(): FilterRule[] {
    if (this.#closed) throw new Error('the map is closed')
    return structuredClone(this.#filters)
  }

  async createBuffer(bytes: number, sharding: Sharding, slot: number): Promise<Buffer> {
    this.calls.push(`create ${slot} ${bytes} ${sharding}`)
    this.#fail('create', slot)
    this.#lastHandle += 1
    return this.#buffer(this.#lastHandle, bytes, sharding)
  }

  async installBuffer(slot: number, handle: number): Promise<void> {
    this.calls.push(`install ${slot} ${handle}`)
    await this.installed
    this.#fail('install', slot)
  }

  async removeBuffer(slot: number): Promise<void> {
    this.calls.push(`remove ${slot}`)
    this.#fail('remove', slot)
  }

  closeBuffer(handle: number): void {
    this.calls.push(`close ${handle}`)
  }

  async settle(): Promise<void> {
    this.calls.push('settle')
    this.#fail('settle')
  }

  async takeTables(): Promise<TableWindow> {
    throw new Error('no tables here')
  }

  missed(): number {
    return 0
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #buffer(handle: number, bytes: number, sharding: Sharding): Buffer {
    const count = sharding === 'cpu' || this.transport === 'perf' ? CPUS : 1
    return { handle, parts: Array.from({ length: count }, (_, part) => handle * 100 + part), capacityBytes: bytes }
  }

  #fail(call: string, slot?: number): void {
    const failure = this.failures.get(`${call} ${slot}`) ?? this.failures.get(call)
    if (failure !== undefined) throw failure
  }
}

export class FakeIngest implements IngestLink {
  /** What `adopt` of a slot is answered with, where it is not answered well. */
  failAdopt: { slot: number; error: Error } | null = null
  readonly #calls: string[]

  constructor(calls: string[]) {
    this.#calls = calls
  }

  tell(message: ToIngest): void {
    this.#calls.push(nameOf(message))
  }

  async ask(messageOf: (request: number) => ToIngest): Promise<void> {
    const message = messageOf(1)
    this.#calls.push(nameOf(message))
    if (message.type === 'adopt' && message.slot === this.failAdopt?.slot) throw this.failAdopt.error
  }
}

function nameOf(message: ToIngest): string {
  switch (message.type) {
    case 'adopt':
      return `adopt ${message.slot} ${message.buffer.handle}`
    case 'swapped':
    case 'abandoned':
    case 'removed':
      return `${message.type} ${message.slot}`
    case 'reading': {
      const { order, processing } = message.reading
      return `reading ${order.mode} ${order.windowMs} ${processing.join(',')}`
    }
    default:
      return message.type
  }
}

export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code })
}
