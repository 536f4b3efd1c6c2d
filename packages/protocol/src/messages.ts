/**
 * Text messages: everything on the socket but batches. JSON, validated on both sides.
 * Counters are exact integers, monotonic within one `epoch` of the agent; rates are the reader's to compute.
 * Times are milliseconds since the Unix epoch unless the name says otherwise.
 */
import * as z from 'zod/mini'
import { EVENT_TYPES, type EventType, SLOT_NAMES } from './words.ts'

export const PROTOCOL_VERSION = 1

const count = z.int().check(z.nonnegative())
const slotName = z.enum(SLOT_NAMES)
const eventType = z.enum(Object.keys(EVENT_TYPES) as [EventType, ...EventType[]])

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
  capacityBytes: count,
  usedBytes: count,
  /** Highest fill since the previous message of the same kind, bytes. */
  highWaterBytes: count,
  /** Highest fill since the agent started or the buffer was resized, bytes. */
  highWaterEverBytes: count,
  reader: z.enum(['reading', 'sleeping', 'blocked', 'fault']),
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
  timeMs: z.number(),
  slots: z.array(z.object({ slot: slotName, capacityBytes: count, usedBytes: count, highWaterBytes: count })),
})
export type Fill = z.infer<typeof fill>

export const TOP_TABLES = ['process', 'syscall', 'file', 'remote'] as const
export type TopTable = (typeof TOP_TABLES)[number]

/** Once a second, conflated: the heaviest keys of the last `windowMs`, on every decoded event, weighted by 1/rate. */
export const top = z.object({
  type: z.literal('top'),
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

/** Settings of one slot, one type: the same shape for what was asked and what is applied. */
export const settings = z.object({
  paused: z.boolean(),
  showSelf: z.boolean(),
  slots: z.record(
    slotName,
    z.object({
      capacityBytes: count,
      backpressure: z.boolean(),
      /** Fill where shedding starts, as a share of the capacity in [0, 1]; 0 sheds always. */
      watermark: z.number().check(z.gte(0), z.lte(1)),
    }),
  ),
  types: z.record(
    eventType,
    z.object({
      enabled: z.boolean(),
      slot: slotName,
      /** Share of events kept, in [0, 1]. */
      rate: z.number().check(z.gte(0), z.lte(1)),
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

export const agentMessage = z.discriminatedUnion('type', [hello, health, fill, top, control, reply, refusal])
export type AgentMessage = z.infer<typeof agentMessage>

/* ---- page → agent ------------------------------------------------------ */

/** The one message type that goes up: a change that an operator asks for. */
export const command = z.discriminatedUnion('op', [
  z.object({ op: z.literal('resize'), slot: slotName, bytes: z.int() }),
  z.object({ op: z.literal('sampling'), eventType: eventType, rate: z.number().check(z.gte(0), z.lte(1)) }),
  z.object({
    op: z.literal('backpressure'),
    slot: slotName,
    on: z.boolean(),
    watermark: z.number().check(z.gte(0), z.lte(1)),
  }),
  z.object({ op: z.literal('enable'), eventType: eventType, on: z.boolean() }),
  z.object({ op: z.literal('pause'), on: z.boolean() }),
  z.object({ op: z.literal('showSelf'), on: z.boolean() }),
])
export type Command = z.infer<typeof command>

/** The source filter: what the agent sends to this client. Empty lists and text let everything through. */
export const filter = z.object({
  types: z.array(eventType).check(z.maxLength(16)),
  slots: z.array(slotName).check(z.maxLength(8)),
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
