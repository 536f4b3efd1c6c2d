/** What an agent tells beside its ledger, for who asks what is in the events: tables, malformed records, the comparison. */
import * as z from 'zod/mini'
import { count, eventType, slotName } from './values.ts'

export const TOP_TABLES = ['process', 'syscall', 'file', 'remote'] as const
export type TopTable = (typeof TOP_TABLES)[number]

/** Once a second, conflated: the heaviest keys of the last `windowMs`, on every decoded event, weighted by 1/rate. */
export const top = z.object({
  type: z.literal('top'),
  epoch: z.string(),
  timeMs: z.number(),
  windowMs: z.number(),
  tables: z.record(
    z.enum(TOP_TABLES),
    z.object({
      /** Weighted events counted into this table in the window. */
      total: z.number(),
      /** True count of a row lies in [count − error, count + lost]: lost = dropped + shed in the window of the types that feed the table. */
      lost: z.number(),
      rows: z.array(
        z.object({
          key: z.string(),
          label: z.string(),
          /** Pid for processes, number for system calls. */
          id: z.nullable(z.int()),
          count: z.number(),
          error: z.number(),
        }),
      ),
    }),
  ),
})
export type Top = z.infer<typeof top>

/**
 * A key that was counted in the kernel: the true count lies in [count − errorBound, count] with probability 1 − delta, and
 * in the same way that since `sinceMs` in [total − totalErrorBound, total].
 */
const heavyRow = z.object({
  key: z.string(),
  label: z.string(),
  id: z.nullable(z.int()),
  /** Events in the last second. */
  count: z.number(),
  /** Events since the key became known, which is when it was first heavy: what it counted before is not in it. */
  total: z.number(),
  /** Sum of the `errorBound`s of the seconds since then. */
  totalErrorBound: z.number(),
  /** Begin of the second in which it became known: one that was forgotten meanwhile begins anew. */
  sinceMs: z.number(),
})

export const HEAVY_TABLES = ['process', 'syscall', 'remote'] as const
export type HeavyTable = (typeof HEAVY_TABLES)[number]

const countedBytes = z.object({ events: count, eventBytes: count })

/**
 * Once a second while a type is counted in the kernel, conflated: what was seen and not filtered, of all its events.
 * Windows are closed ones only; each stands in the messages of the minute after it.
 */
export const tables = z.object({
  type: z.literal('tables'),
  epoch: z.string(),
  timeMs: z.number(),
  /** Types that are counted now. */
  types: z.array(eventType),
  /** Of the last second. */
  intervalMs: z.number(),
  connections: z.object({
    /** Connections known, and those of them shown: the heaviest by bytes. */
    known: count,
    /** Forgotten since the start, having been quiet longest. */
    forgotten: count,
    /** Of all since the start, forgotten ones too. */
    packets: count,
    bytes: count,
    rows: z.array(
      z.object({
        protocol: count,
        direction: z.enum(['out', 'in']),
        source: z.string(),
        destination: z.string(),
        packets: count,
        bytes: count,
        /** Bytes in the last second. */
        bytesNow: count,
        firstMs: z.number(),
        lastMs: z.number(),
      }),
    ),
  }),
  windows: z.object({
    windowMs: z.number(),
    /** Oldest first, at most the last 60 s; only windows with events. */
    rows: z.array(z.object({ timeMs: z.number(), type: eventType, events: count, bytes: count })),
  }),
  heavy: z.record(
    z.enum(HEAVY_TABLES),
    z.object({
      /** Events of the last second. */
      total: z.number(),
      /** epsilon × total: how much too high a count may be, but for a probability of delta. */
      errorBound: z.number(),
      epsilon: z.number(),
      delta: z.number(),
      rows: z.array(heavyRow),
    }),
  ),
  /**
   * What was counted since the start, and the least that it takes in a ring (records with their headers, without paths):
   * `instead` of being sent, which spares those bytes, and `beside` being sent, which does not. A second in which a type's
   * mode changed from one to the other is `beside`. `tableBytes` is what all the tables took to read.
   */
  volume: z.object({ instead: countedBytes, beside: countedBytes, tableBytes: count }),
})
export type Tables = z.infer<typeof tables>

/** Records that could not be decoded: the newest ones, as they came. Conflated. */
export const malformed = z.object({
  type: z.literal('malformed'),
  epoch: z.string(),
  timeMs: z.number(),
  total: count,
  /** Newest last, at most 32. */
  samples: z.array(
    z.object({
      timeMs: z.number(),
      slot: slotName,
      /** As the record's header has them; null where it is too short. */
      typeNumber: z.nullable(count),
      version: z.nullable(count),
      cpu: z.nullable(count),
      reason: z.enum(['short', 'version', 'type', 'place', 'size', 'tail']),
      /** Bytes of the whole record; `hex` has the first 1,024 at most. */
      size: count,
      hex: z.string(),
    }),
  ),
})
export type Malformed = z.infer<typeof malformed>

const measured = z.object({
  events: count,
  delivered: count,
  /** Counted in BPF, and as the transport told it itself (null: it tells nothing). */
  dropped: count,
  toldLost: z.nullable(count),
  deliveredPerSecond: z.number(),
  producerNsPerEvent: z.number(),
  readerNsPerEvent: z.number(),
  memoryBytes: count,
  /** Records older than one that had been read before; and those that still came too late after reordering. */
  inversions: count,
  late: count,
})
export type Measured = z.infer<typeof measured>

/** One workload over both transports, as it was measured last. */
export const comparison = z.object({
  type: z.literal('comparison'),
  state: z.enum(['none', 'running', 'done', 'failed']),
  /** What is being done, or why it failed. */
  text: z.string(),
  timeMs: z.number(),
  runs: z.array(z.object({ workload: z.string(), ring: measured, perf: measured })),
})
export type Comparison = z.infer<typeof comparison>
