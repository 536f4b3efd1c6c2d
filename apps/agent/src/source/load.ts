/**
 * A load of events whose number is known, over a transport of one's choice: an instance of the programs of its own, which
 * shares nothing with the one that watches the host. The native binding is loaded only when one is opened.
 */
import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { Transport } from '@ringside/protocol'
import type { FeedDescriptor } from './source.ts'

export interface LoadWish {
  transport: Transport
  /** What every CPU's events find room in: of the one ring, or of each CPU's perf buffer. */
  bytes: number
  /** Behind the 48 bytes of the smallest record; null: 32, of a fixed size, written in place where the transport can. */
  padBytes: number | null
  /** On each CPU; null: as many as it can. */
  perSecond: number | null
}

export interface Load {
  readonly feed: FeedDescriptor
  readonly slot: number
  readonly cpus: number
  /** Of the buffers, with the pages that hold their positions. */
  readonly memoryBytes: number
  /** Makes events on every CPU that is online. */
  run(milliseconds: number): Promise<{ made: number; cpuNs: number }>
  close(): void
}

/** Rejects where BPF does not load. */
export async function openLoad(wish: LoadWish): Promise<Load> {
  const { KernelLoad } = await import('./kernel/load.ts')
  return KernelLoad.open(wish)
}

const ANSWER_LIMIT_MS = 30_000

/** The next message of a thread. Rejects with `otherwise` when the thread ends without one, or says nothing for 30 s. */
export async function messageFrom(thread: Worker, otherwise: string): Promise<unknown> {
  const done = new AbortController()
  const limit = AbortSignal.any([done.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)])
  const ended = once(thread, 'exit', { signal: limit }).then(() => Promise.reject(new Error(otherwise)))
  try {
    const [message] = await Promise.race([once(thread, 'message', { signal: limit }), ended])
    return message
  } catch (thrown) {
    throw limit.aborted ? new Error(otherwise) : thrown
  } finally {
    ended.catch(() => undefined)
    done.abort()
  }
}
