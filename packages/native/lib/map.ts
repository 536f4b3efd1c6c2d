/** A BPF map as bytes. Made from a descriptor, which is valid in every thread of the process. */
import { addon, type Entries, type NativeMap } from './addon.ts'
import { checkBytes, checkInteger, refuse } from './arguments.ts'

const FD_MAX = 2 ** 31 - 1

export class BpfMap {
  readonly fd: number
  readonly id: number
  readonly name: string
  readonly keyBytes: number
  /** As user space sees it: a per-CPU map has one value per possible CPU, each padded to 8. */
  readonly valueBytes: number
  readonly maxEntries: number
  /** `read` and `write` work: the map was made with BPF_F_MMAPABLE. */
  readonly mapped: boolean
  readonly #mappedBytes: number
  readonly #native: NativeMap

  private constructor(native: NativeMap) {
    this.#native = native
    const about = native.describe()
    this.fd = about.fd
    this.id = about.id
    this.name = about.name
    this.keyBytes = about.keyBytes
    this.valueBytes = about.valueBytes
    this.maxEntries = about.maxEntries
    this.mapped = about.mappedBytes > 0
    this.#mappedBytes = about.mappedBytes
  }

  /** Duplicates the descriptor, and maps the memory where the map allows it. */
  static fromFd(fd: number): BpfMap {
    checkInteger('open a map', 'fd', fd, 0, FD_MAX)
    return new BpfMap(new addon.Map(fd))
  }

  /** @returns whether the key is there; `value` is written only then */
  lookup(key: Uint8Array, value: Uint8Array): boolean {
    this.#checkEntry('look up', key, value)
    return this.#native.lookup(key, value)
  }

  update(key: Uint8Array, value: Uint8Array): void {
    this.#checkEntry('update', key, value)
    this.#native.update(key, value)
  }

  /** On a pool thread: an update of a map-in-map returns only when no program uses the old inner map any more. */
  async updateAsync(key: Uint8Array, value: Uint8Array): Promise<void> {
    this.#checkEntry('update', key, value)
    await this.#native.updateAsync(key, value)
  }

  /** @returns whether the key was there */
  delete(key: Uint8Array): boolean {
    checkBytes(`delete from ${this.name}`, 'key', key, this.keyBytes)
    return this.#native.remove(key)
  }

  /**
   * On a pool thread: deleting from a map-in-map returns only when no program uses the inner map any more.
   * @returns whether the key was there
   */
  async deleteAsync(key: Uint8Array): Promise<boolean> {
    checkBytes(`delete from ${this.name}`, 'key', key, this.keyBytes)
    return this.#native.deleteAsync(key)
  }

  /**
   * On a pool thread: reads and deletes all entries of a hash. What programs add meanwhile may be taken or left.
   * Each value has `valueBytes` bytes.
   */
  async drainAsync(): Promise<Entries> {
    return this.#native.drainAsync()
  }

  /** Copies out of the mapped memory; each aligned 64-bit word is loaded once. */
  read(offset: number, into: Uint8Array): void {
    this.#checkRange('read', offset, into)
    this.#native.read(offset, into)
  }

  /** Copies into the mapped memory; each naturally aligned word is stored once, and a full barrier ends it. */
  write(offset: number, bytes: Uint8Array): void {
    this.#checkRange('write', offset, bytes)
    this.#native.write(offset, bytes)
  }

  close(): void {
    this.#native.close()
  }

  #checkEntry(verb: string, key: Uint8Array, value: Uint8Array): void {
    const operation = `${verb} ${this.name}`
    checkBytes(operation, 'key', key, this.keyBytes)
    checkBytes(operation, 'value', value, this.valueBytes)
  }

  #checkRange(verb: string, offset: number, bytes: Uint8Array): void {
    const operation = `${verb} ${this.name}`
    if (!this.mapped) refuse(operation, 'the map lacks BPF_F_MMAPABLE')
    checkBytes(operation, 'bytes', bytes)
    checkInteger(operation, 'offset', offset, 0, Math.max(0, this.#mappedBytes - bytes.length))
    if (bytes.length > this.#mappedBytes) refuse(operation, `the map has ${this.#mappedBytes} bytes`)
  }
}
