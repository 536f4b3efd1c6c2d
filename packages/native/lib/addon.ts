/**
 * Loads the addon and says what it exports. Only this package uses it: the classes around it have the arguments
 * validated before the addon sees them.
 */
import { createRequire } from 'node:module'
import { NativeError } from './error.ts'

export interface NativeObject {
  setMaxEntries(map: string, entries: number): void
  setAutocreate(map: string, on: boolean): void
  setAutoload(program: string, on: boolean): void
  setInnerMap(map: string, ringBytes: number): void
  setGlobal(name: string, value: Uint8Array): void
  load(): void
  programs(): ProgramEntry[]
  attach(program: string): void
  detach(program: string): void
  programFd(program: string): number
  mapFd(map: string): number
  layout(name: string): StructLayout
  close(): void
}

/** A program of an object, loaded or not. */
export interface ProgramEntry {
  name: string
  section: string
  autoload: boolean
}

/** A struct as the compiler laid it out: bytes and byte offsets. */
export interface StructLayout {
  bytes: number
  members: { name: string; offset: number; bytes: number }[]
}

export interface NativeProgram {
  fd(): number
  info(): ProgramInfo
  testRun(context: Uint8Array, cpu: number): number
  close(): void
}

/** What the kernel counted about a program. Run counts and times need kernel.bpf_stats_enabled. */
export interface ProgramInfo {
  id: number
  runCount: number
  runTimeNs: number
  /** Runs that the kernel skipped; null where it does not tell (before Linux 5.12). */
  recursionMisses: number | null
}

export interface NativeMap {
  describe(): {
    fd: number
    id: number
    name: string
    keyBytes: number
    valueBytes: number
    maxEntries: number
    mappedBytes: number
  }
  lookup(key: Uint8Array, value: Uint8Array): boolean
  update(key: Uint8Array, value: Uint8Array): void
  updateAsync(key: Uint8Array, value: Uint8Array): Promise<void>
  remove(key: Uint8Array): boolean
  deleteAsync(key: Uint8Array): Promise<boolean>
  drainAsync(): Promise<Entries>
  read(offset: number, into: Uint8Array): void
  write(offset: number, bytes: Uint8Array): void
  close(): void
}

/** Entries of a map, one behind the other: value n belongs to key n. */
export interface Entries {
  keys: Uint8Array
  values: Uint8Array
}

export interface NativeBuffer {
  fd(): number
  handle(): number
  capacity(): number
  positions(): { producer: number; consumer: number }
  close(): void
}

export interface NativeReader {
  capacity(): number
  consume(into: Uint8Array, until: number | undefined): number
  producer(): number
  consumer(): number
  busy(): boolean
  fault(): boolean
  lost(): number
  others(): number
  close(): void
}

export interface NativePoller {
  waker(): number
  add(buffer: number): void
  remove(buffer: number): void
  wait(timeoutMicros: number): number
  close(): void
}

export interface NativeWaker {
  handle(): number
  close(): void
}

export interface NativeTicker {
  expirations(): number
  close(): void
}

interface Addon {
  Object: new (file: string) => NativeObject
  Program: new (fd: number) => NativeProgram
  Map: new (fd: number) => NativeMap
  Reader: new (buffer: number, kind: 'ring' | 'perf') => NativeReader
  Poller: new (waker: number | undefined) => NativePoller
  Waker: new () => NativeWaker
  Ticker: new (hz: number, cpu: number) => NativeTicker
  initialise(error: typeof NativeError): void
  createRing(bytes: number, name: string): Promise<NativeBuffer>
  createRingSync(bytes: number, name: string): NativeBuffer
  createPerf(bytes: number, cpu: number, wakeBytes: number): Promise<NativeBuffer>
  createPerfSync(bytes: number, cpu: number, wakeBytes: number): NativeBuffer
  wake(waker: number): void
  possibleCpus(): number
  onlineCpus(): number[]
  pinThread(cpu: number): void
  setTimerSlack(ns: number): void
  monotonicNs(): { hi: number; lo: number }
  pageBytes(): number
  libbpfVersion(): string
}

function load(): Addon {
  try {
    const addon = createRequire(import.meta.url)('../build/Release/ringside_native.node') as Addon
    addon.initialise(NativeError)
    return addon
  } catch (error) {
    const cause = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new NativeError('ENOADDON', 0, 'load the addon', cause, 'npm run build --workspace @ringside/native')
  }
}

export const addon = load()
