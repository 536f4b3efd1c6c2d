/**
 * A load of events whose number is known, over a transport of one's choice: an instance of the programs of its own, which
 * shares nothing with the one that watches the host. The native binding is loaded only when one is opened.
 */
import type { Transport } from '@ringside/protocol'
import type { FeedDescriptor } from './source.ts'

export interface LoadWish {
  transport: Transport
  /** What every CPU's events find room in: of the one ring, or of each CPU's perf buffer. */
  bytes: number
  padBytes: number
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
