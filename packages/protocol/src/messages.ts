/**
 * Text messages: everything on the socket but batches. JSON, validated on both sides.
 * Counters are exact integers, monotonic within one `epoch` of the agent; rates are the reader's to compute.
 * Times are milliseconds since the Unix epoch unless the name says otherwise.
 */
import * as z from 'zod/mini'
import { utf8Bytes } from './shown-text.ts'
import { DROP_REASONS, EVENT_TYPES, type EventType, PRESETS, type Preset, SLOT_NAMES, TRANSPORTS } from './words.ts'

export const PROTOCOL_VERSION = 2

const count = z.int().check(z.nonnegative())
const slotName = z.enum(SLOT_NAMES)
const eventType = z.enum(Object.keys(EVENT_TYPES) as [EventType, ...EventType[]])
const preset = z.enum(Object.keys(PRESETS) as [Preset, ...Preset[]])
const share = z.number().check(z.gte(0), z.lte(1))

/* ---- agent → page ------------------------------------------------------ */

/** First message on a connection. */
export const hello = z.object({
  type: z.literal('hello'),
  protocol: z.literal(PROTOCOL_VERSION),
  agentVersion: z.string(),
  /** Differs after a restart of the agent: counters of two epochs are never added. */
  epoch: z.string(),
  source: z.enum(['kernel', 'synthetic']),
  /** Why the source is synthetic although nobody asked for it. */
  sourceReason: z.nullable(z.string()),
  /** Ring buffers, or the per-CPU perf buffers that stand in for them; and why, where nobody asked for it. */
  transport: z.enum(TRANSPORTS),
  transportReason: z.nullable(z.string()),
  host: z.object({ name: z.string(), kernel: z.string(), cpus: count }),
  /** Wall-clock time of frame time 0, ms. */
  timeZeroMs: z.number(),
  clientId: count,
})
export type Hello = z.infer<typeof hello>

/** What became of the events of one (slot, type). */
export const fates = z.object({
  slot: slotName,
  type: eventType,
  seen: count,
  filtered: count,
  sampled: count,
  shed: count,
  aggregated: count,
  dropped: z.object({ full: count, oversize: count, noReader: count, other: count }),
  submitted: count,
  consumed: count,
  decoded: count,
  malformed: count,
})
export type Fates = z.infer<typeof fates>

/** The state of one buffer. */
export const slotHealth = z.object({
  slot: slotName,
  /** Grows by one at each resize. */
  ringEpoch: count,
  /** Buffers that the slot is made of: 1, or one per CPU. */
  parts: count,
  /** Of all parts together. */
  capacityBytes: count,
  usedBytes: count,
  /** Highest fill since the previous message of the same kind, bytes. */
  highWaterBytes: count,
  /** Highest fill since the agent started or the buffer was resized, bytes. */
  highWaterEverBytes: count,
  reader: z.enum(['reading', 'sleeping', 'blocked', 'fault']),
  /** How long the record at the head has been reserved and not committed; 0 when the reader is not blocked by one. */
  blockedMs: count,
  /** Dropped while a record at the head blocked the reader. */
  droppedBlocked: count,
  /** The largest record that fits into the emptiest part now. */
  largestFitBytes: count,
  /** Lost samples as the perf buffers told them themselves; a loss that nothing follows is not told. null: ring buffers. */
  toldLost: z.nullable(count),
  /** Sum of holes in the numbers of this slot's streams, and numbers given out after the last record that arrived. */
  gaps: count,
  tail: count,
  /** Time of the first and the last drop noticed, or null. */
  firstDropMs: z.nullable(z.number()),
  lastDropMs: z.nullable(z.number()),
  shedding: z.boolean(),
  consumedBytes: count,
})
export type SlotHealth = z.infer<typeof slotHealth>

/** Where events were dropped, and why. Sums are exact; of the reasons full and other the split is a snapshot. */
export const drop = z.object({
  slot: slotName,
  type: eventType,
  cpu: count,
  reason: z.enum(DROP_REASONS),
  count,
  /** When it was noticed first and last: with health, once a second. */
  firstMs: z.number(),
  lastMs: z.number(),
})
export type Drop = z.infer<typeof drop>

export const LAW_IDS = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6'] as const

/** The evaluation of one law. `inFlight`: true up to records on their way, whose number is bounded. */
export const law = z.object({
  id: z.enum(LAW_IDS),
  /** What it was evaluated for: a slot, a client, or everything. */
  scope: z.string(),
  left: z.int(),
  right: z.int(),
  difference: z.int(),
  /** How large the difference may be now because of records on their way; 0 at rest. */
  inFlight: count,
  verdict: z.enum(['exact', 'in flight', 'violated']),
  /** The law with its numbers, as a reader adds it up. */
  text: z.string(),
})
export type Law = z.infer<typeof law>

/** Account of one connection: matched = sent + thinned + skipped + queued. What is withheld never got as far as here. */
export const clientAccount = z.object({
  id: count,
  matched: count,
  sent: count,
  thinned: count,
  skipped: count,
  queued: count,
  withheld: count,
  framesSent: count,
  framesSkipped: count,
})
export type ClientAccount = z.infer<typeof clientAccount>

/** Once a second. Conflated: only the newest is kept for a slow client. */
export const health = z.object({
  type: z.literal('health'),
  epoch: z.string(),
  /** Number of this evaluation, from 1. */
  number: count,
  timeMs: z.number(),
  upMs: z.number(),
  slots: z.array(slotHealth),
  /** Pairs (slot, type) that have seen anything, or are routed now. */
  fates: z.array(fates),
  /** The pairs of place and reason that have dropped most, at most 64; `dropsElsewhere` is what others dropped. */
  drops: z.array(drop),
  dropsElsewhere: count,
  /** What tables in the kernel had no room for. */
  untabled: z.object({ connections: count, windows: count, heavy: count }),
  published: count,
  withheld: count,
  /** Hook fired and the program did not run; null where the kernel does not tell. */
  missed: z.nullable(count),
  laws: z.array(law),
  /** The account of the client that receives this, null in `ringside status`. */
  client: z.nullable(clientAccount),
  clients: count,
})
export type Health = z.infer<typeof health>

/** Ten times a second, conflated. */
export const fill = z.object({
  type: z.literal('fill'),
  epoch: z.string(),
  timeMs: z.number(),
  slots: z.array(z.object({ slot: slotName, capacityBytes: count, usedBytes: count, highWaterBytes: count })),
})
export type Fill = z.infer<typeof fill>

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

/** A key that was counted in the kernel: the true count lies in [count − errorBound, count] with probability 1 − delta. */
const heavyRow = z.object({
  key: z.string(),
  label: z.string(),
  id: z.nullable(z.int()),
  /** Events in the last second, and since the type's mode was set. */
  count: z.number(),
  total: z.number(),
})

export const HEAVY_TABLES = ['process', 'syscall', 'remote'] as const
export type HeavyTable = (typeof HEAVY_TABLES)[number]

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
   * What was counted, and the least that it would have taken in a ring (records with their headers, without paths),
   * against what the tables took to read, since the start.
   */
  volume: z.object({ events: count, eventBytes: count, tableBytes: count }),
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
  /** Records older than one that had been read before: as they were read, and after reordering. */
  inversions: count,
  inversionsReordered: count,
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

const word32 = z.int().check(z.gte(0), z.lte(0xffff_ffff))
/** What cannot be a file's or a process's name, or has no UTF-8. */
const NO_NAME = /[\0\p{Cs}]/u
const processName = z
  .string()
  .check(z.minLength(1), z.maxLength(15))
  .check(z.refine((name) => utf8Bytes(name) <= 15 && !NO_NAME.test(name), 'at most 15 bytes of UTF-8, none of them 0'))
const groupPath = z
  .string()
  .check(z.minLength(1), z.maxLength(512))
  .check(z.refine((path) => isGroupPath(path), 'a path from the root of the hierarchy, without . and ..'))

/** The agent looks the path up below the hierarchy's root: it must not lead out of it. */
function isGroupPath(path: string): boolean {
  const parts = path.split('/')
  return path.startsWith('/') && !parts.includes('.') && !parts.includes('..') && !NO_NAME.test(path)
}

/** [RULE2] One rule of the filter in the kernel: see struct rs_filter of the record contract. */
export const filterRule = z.discriminatedUnion('field', [
  z.object({ field: z.literal('pid'), not: z.boolean(), value: word32 }),
  z.object({ field: z.literal('uid'), not: z.boolean(), value: word32 }),
  /** A process name, at most 15 bytes. */
  z.object({ field: z.literal('comm'), not: z.boolean(), value: processName }),
  /** A control group's path below the v2 hierarchy, as in /proc/<pid>/cgroup; those below it are in it. */
  z.object({ field: z.literal('cgroup'), not: z.boolean(), value: groupPath }),
  z.object({
    field: z.literal('type'),
    not: z.boolean(),
    value: z.array(eventType).check(z.minLength(1), z.maxLength(16)),
  }),
])
export type FilterRule = z.infer<typeof filterRule>

const rules = z.array(filterRule).check(z.maxLength(8))
/** time: across slots, CPUs and shards, held back for those that are behind; cpu: as they were read. */
const orderMode = z.enum(['time', 'cpu'])
const windowMs = z.number().check(z.gte(0), z.lte(1000))
const sharding = z.enum(['single', 'cpu'])
/** stream: read as soon as there is something; batch: once per flush. */
const processing = z.enum(['stream', 'batch'])
const typeMode = z.enum(['events', 'aggregate', 'both'])
const recordVersion = z.int().check(z.gte(1), z.lte(15))

/** Settings of one slot, one type: the same shape for what was asked and what is applied. */
export const settings = z.object({
  paused: z.boolean(),
  showSelf: z.boolean(),
  /** The order that rows are published in, and how long one may be held back for it at most. */
  order: z.object({ mode: orderMode, windowMs }),
  /** An event passes when no rule with `not` matches it and, for each field with rules without, one of them does. */
  filters: rules,
  slots: z.record(
    slotName,
    z.object({
      /** 0: the slot has no buffer, since nothing is routed to it. */
      capacityBytes: count,
      sharding,
      processing,
      /** Share of events kept, in [0, 1], on top of their type's. */
      rate: share,
      backpressure: z.boolean(),
      /** Fill where shedding starts, as a share of the capacity in [0, 1]; 0 sheds always. */
      watermark: share,
    }),
  ),
  types: z.record(
    eventType,
    z.object({
      enabled: z.boolean(),
      slot: slotName,
      /** Share of events kept, in [0, 1]. */
      rate: share,
      mode: typeMode,
      /** Of the record's layout. */
      version: recordVersion,
    }),
  ),
})
export type Settings = z.infer<typeof settings>

/** Sent on connection and after every change. `applied` is read back from the kernel. */
export const control = z.object({
  type: z.literal('control'),
  revision: count,
  asked: settings,
  applied: settings,
  /** Commands that are being carried out. */
  pending: z.array(z.string()),
  /** Newest last, at most 50. */
  history: z.array(
    z.object({
      timeMs: z.number(),
      by: z.string(),
      /** In words: "debug: 8 MiB → 16 MiB". */
      text: z.string(),
      ok: z.boolean(),
    }),
  ),
})
export type Control = z.infer<typeof control>

/** Answer to one command; never skipped. */
export const reply = z.object({
  type: z.literal('reply'),
  id: count,
  ok: z.boolean(),
  revision: count,
  error: z.nullable(z.object({ code: z.string(), message: z.string(), hint: z.string() })),
})
export type Reply = z.infer<typeof reply>

/** A typed refusal before a close. */
export const refusal = z.object({ type: z.literal('refusal'), code: z.string(), message: z.string(), hint: z.string() })
export type Refusal = z.infer<typeof refusal>

export const agentMessage = z.discriminatedUnion('type', [
  hello,
  health,
  fill,
  top,
  tables,
  malformed,
  comparison,
  control,
  reply,
  refusal,
])
export type AgentMessage = z.infer<typeof agentMessage>

/* ---- page → agent ------------------------------------------------------ */

/** The one message type that goes up: a change that an operator asks for. */
export const command = z.discriminatedUnion('op', [
  z.object({ op: z.literal('resize'), slot: slotName, bytes: z.int() }),
  z.object({ op: z.literal('shard'), slot: slotName, sharding }),
  z.object({ op: z.literal('processing'), slot: slotName, processing }),
  /** A table of routes by its name … */
  z.object({ op: z.literal('layout'), preset }),
  /** … or for some types; the others stay where they are. */
  z.object({
    op: z.literal('routes'),
    routes: z.array(z.object({ eventType, slot: slotName })).check(z.minLength(1), z.maxLength(16)),
  }),
  z.object({ op: z.literal('sampling'), eventType: eventType, rate: share }),
  z.object({ op: z.literal('slotSampling'), slot: slotName, rate: share }),
  z.object({ op: z.literal('filters'), rules }),
  z.object({ op: z.literal('mode'), eventType: eventType, mode: typeMode }),
  z.object({ op: z.literal('version'), eventType: eventType, version: recordVersion }),
  z.object({ op: z.literal('order'), mode: orderMode, windowMs }),
  z.object({ op: z.literal('backpressure'), slot: slotName, on: z.boolean(), watermark: share }),
  z.object({ op: z.literal('enable'), eventType: eventType, on: z.boolean() }),
  z.object({ op: z.literal('pause'), on: z.boolean() }),
  z.object({ op: z.literal('showSelf'), on: z.boolean() }),
  /** Measures both transports, which takes some seconds of one CPU; nothing that is watched changes. */
  z.object({ op: z.literal('compare') }),
])
export type Command = z.infer<typeof command>

/** The source filter: what the agent sends to this client. Empty lists and text let everything through. */
export const filter = z.object({
  types: z.array(eventType).check(z.maxLength(16)),
  slots: z.array(slotName).check(z.maxLength(16)),
  text: z.string().check(z.maxLength(200)),
})
export type Filter = z.infer<typeof filter>

export const subscribe = z.object({
  type: z.literal('subscribe'),
  /** [HS2] What the page speaks, so that an agent can refuse a page that is older or newer than itself. */
  protocol: z.literal(PROTOCOL_VERSION),
  filter,
  /** Rows a second at most; 0 pauses this client's rows; what is beyond is thinned. null: every event. */
  rowsPerSecond: z.nullable(count),
  /** Whether batches carry each record's bytes. */
  bytes: z.boolean(),
})
export type Subscribe = z.infer<typeof subscribe>

/** Credit: the page has taken in every batch up to this frame number. */
export const ack = z.object({ type: z.literal('ack'), frame: count })
export type Ack = z.infer<typeof ack>

export const commandMessage = z.object({
  type: z.literal('command'),
  id: count,
  /** The revision of `control` that the operator saw; a stale one is refused. null: whatever it is. */
  revision: z.nullable(count),
  command,
})
export type CommandMessage = z.infer<typeof commandMessage>

export const pageMessage = z.discriminatedUnion('type', [subscribe, ack, commandMessage])
export type PageMessage = z.infer<typeof pageMessage>
