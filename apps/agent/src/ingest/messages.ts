/** What the main thread and the ingest thread say to each other. */
import type { Filter, Health, Malformed, Settings, SlotGap, SlotName, Top } from '@ringside/protocol'
import type { BufferHandle, FeedDescriptor } from '../source/source.ts'

/** workerData of the ingest thread. */
export interface IngestOptions {
  feed: FeedDescriptor
  epoch: string
  /** CLOCK_MONOTONIC ns of frame time 0, as two 32-bit words. */
  timeZero: { hi: number; lo: number }
  flushMs: number
  reading: Reading
}

/** How records are read and put in order; may be changed at any time. */
export interface Reading {
  order: Settings['order']
  /** By slot number. */
  processing: readonly Settings['slots'][SlotName]['processing'][]
}

/** One distinct subscription; several clients may share it. */
export interface Demand {
  id: number
  filter: Filter
  rowsPerSecond: number | null
  bytes: boolean
}

export type ToIngest =
  /** From here on these; `replaced` answers with the same version. */
  | { type: 'demands'; demands: Demand[]; version: number }
  | { type: 'reading'; reading: Reading }
  | { type: 'adopt'; slot: number; buffer: BufferHandle; request: number }
  | { type: 'swapped'; slot: number }
  /** Nothing is routed to the slot any more: its buffer is emptied and retired. */
  | { type: 'removed'; slot: number }
  /** The slot kept its old buffer; the adopted one is closed when `adopted` has answered `request`. */
  | { type: 'abandoned'; slot: number; request: number }
  /** The main thread has taken in a publication: one more may be sent. */
  | { type: 'credit' }
  | { type: 'missed'; missed: number | null }
  /** Drain what is there, report a last health, stop. */
  | { type: 'stop' }

/** Rows of one flush for one demand, and what else its clients are to know of the window. */
export interface Publication {
  demand: number
  /** One encoded batch; null when nothing was taken and no gap is to be told. */
  frame: ArrayBuffer | null
  rows: number
  matched: number
  thinned: number
  /** Matching rows of windows before this one that were not handed over. */
  withheld: number
  /** The gaps that the frame tells, for whoever is not sent it; without a frame those that no frame tells. */
  gaps: readonly SlotGap[]
}

export type FromIngest =
  | { type: 'ready' }
  | { type: 'published'; publications: Publication[] }
  /**
   * The window of the demands before is closed and handed over, the next one is of the demands of this version. `untold`
   * is what no publication could tell for want of credit; it has no frames, and takes no credit itself.
   */
  | { type: 'replaced'; version: number; untold: Publication[] }
  | { type: 'health'; health: IngestHealth }
  | {
      type: 'fill'
      timeMs: number
      slots: { slot: number; capacityBytes: number; usedBytes: number; highWaterBytes: number }[]
    }
  | { type: 'top'; top: Top }
  /** After a second in which records could not be decoded. */
  | { type: 'malformed'; malformed: Malformed }
  | { type: 'adopted'; request: number }
  | { type: 'retired'; handles: number[] }
  | { type: 'stopped' }
  | { type: 'failed'; message: string }

/** Health without what only the serving thread knows. */
export type IngestHealth = Omit<Health, 'client' | 'clients'>
