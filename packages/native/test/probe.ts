/** The test object with a ring in its slot, and the words to drive it. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BpfMap, BpfObject, Reader, Ring } from '@ringside/native'

export const RING_HEADER_BYTES = 8
const WAIT_MAX_MS = 5000
export const built = (name: string) => fileURLToPath(new URL(`./build/${name}`, import.meta.url))
export const PROBE = built('probe.bpf.o')
export const BROKEN = built('broken.bpf.o')

/** Records of the ring, as `put` fills them. */
export interface Taken {
  bytes: number
  word: number
}

export function words(...values: number[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values, BigInt).buffer)
}

export function word32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}

/** Opens the probe without loading it; the inner map that it does not declare is given. */
export function openProbe(): BpfObject {
  const object = BpfObject.open(PROBE)
  object.setInnerMap('undeclared', 4096)
  return object
}

export class Probe {
  readonly object = openProbe()
  readonly ring: Ring
  readonly reader: Reader

  constructor(ringBytes: number) {
    this.object.load()
    this.ring = Ring.createSync(ringBytes, 'test')
    this.object.map('slots').update(word32(0), word32(this.ring.fd))
    this.reader = Reader.open(this.ring.handle)
  }

  /** @returns whether there was room */
  put(bytes: number, word: number, flags = 0): boolean {
    return this.object.testRun('put', words(bytes, word, flags)) === 0
  }

  discard(): void {
    this.object.testRun('discard', new Uint8Array(0))
  }

  /** Consumes, and takes the chunk apart. */
  take(chunk: Uint8Array = new Uint8Array(1 << 20), until?: number): Taken[] {
    return recordsOf(chunk, this.reader.consume(chunk, until))
  }

  /** Sets the ring's consumer position from another process. */
  forgeConsumer(position: number | bigint): void {
    const map = BpfMap.fromFd(this.ring.fd)
    const { status } = spawnSync(built('forge'), [String(map.id), String(position)])
    map.close()
    if (status !== 0) throw new Error(`forge ended with ${status}`)
  }

  close(): void {
    this.reader.close()
    this.ring.close()
    this.object.close()
  }
}

/** What one record takes in the ring. */
export function ringBytes(bytes: number): number {
  return (bytes + RING_HEADER_BYTES + 7) & ~7
}

export function recordsOf(chunk: Uint8Array, bytes: number): Taken[] {
  const view = new DataView(chunk.buffer, chunk.byteOffset, bytes)
  const records: Taken[] = []
  for (let at = 0; at < bytes; at += ringBytes(view.getUint32(at, true))) {
    const word = Number(view.getBigUint64(at + RING_HEADER_BYTES, true))
    records.push({ bytes: view.getUint32(at, true), word })
  }
  return records
}

/** Looks without letting go of the thread: what is waited for happens in another thread or in the kernel. */
export function waitUntil(condition: () => boolean): void {
  const deadline = performance.now() + WAIT_MAX_MS
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${WAIT_MAX_MS} ms in vain`)
  }
}

/** The code of the NativeError that `body` throws. */
export function codeOf(body: () => unknown): string {
  try {
    body()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing was thrown'
}
