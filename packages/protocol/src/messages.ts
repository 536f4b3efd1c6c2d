/**
 * Text messages: everything on the socket but batches. JSON, validated on both sides; the larger ones stand in messages/.
 * Counters are exact integers, monotonic within one `epoch` of the agent; rates are the reader's to compute.
 * Times are milliseconds since the Unix epoch unless the name says otherwise.
 */
import * as z from 'zod/mini'
import { fill, health } from './messages/ledger.ts'
import {
  control,
  orderMode,
  processing,
  recordVersion,
  rules,
  sharding,
  typeMode,
  windowMs,
} from './messages/settings.ts'
import { comparison, malformed, tables, top } from './messages/tables.ts'
import { count, eventType, preset, share, slotName } from './messages/values.ts'
import { TRANSPORTS } from './words.ts'

export const PROTOCOL_VERSION = 2

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
