/** Makes what a buffer consists of, off the thread: one ring, a ring for each CPU, or a perf buffer for each CPU. */
import { onlineCpus, PerfBuffer, pageBytes, Ring } from '@ringside/native'
import { LARGEST_RECORD_BYTES } from '../abi.ts'

/** A part has room for this many of the largest records at least. */
const RECORDS_AT_LEAST = 4

/** What is made, and of which CPU; null: of all. */
export interface Part {
  cpu: number | null
  buffer: Ring | PerfBuffer
}

/** Bytes of each of so many parts: powers of two that together are no more than was asked for, but for the smallest. */
export function partBytes(bytes: number, parts: number): number {
  const least = Math.max(pageBytes(), RECORDS_AT_LEAST * LARGEST_RECORD_BYTES)
  return Math.max(least, 2 ** Math.floor(Math.log2(bytes / parts)))
}

export async function makeRing(bytes: number): Promise<Part[]> {
  return [{ cpu: null, buffer: await Ring.create(bytes) }]
}

export async function makeRings(bytes: number, cpus: number): Promise<Part[]> {
  const each = partBytes(bytes, cpus)
  return all(Array.from({ length: cpus }, async (_, cpu) => ({ cpu, buffer: await Ring.create(each) })))
}

/**
 * Of the CPUs that are online: the kernel makes none for the others. What is emitted on one that comes later is
 * counted as dropped for want of a reader.
 * @param wakeShare of a part that wakes its reader when it is written; 0: each record does
 */
export async function makePerfBuffers(bytes: number, wakeShare: number): Promise<Part[]> {
  const online = onlineCpus()
  const each = partBytes(bytes, online.length)
  const wakeBytes = Math.max(1, Math.floor(each * wakeShare))
  return all(online.map(async (cpu) => ({ cpu, buffer: await PerfBuffer.create(each, { cpu, wakeBytes }) })))
}

export function closeParts(parts: readonly Part[]): void {
  for (const { buffer } of parts) buffer.close()
}

/** All or none. */
async function all(made: readonly Promise<Part>[]): Promise<Part[]> {
  const results = await Promise.allSettled(made)
  const parts = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed === undefined) return parts
  closeParts(parts)
  throw failed.reason
}
