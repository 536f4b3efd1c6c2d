/** What an agent tells of its ledger: counters by slot and type, buffers, laws. Monotonic within one `epoch`. SPEC.md §9. */
import * as z from 'zod/mini'
import { DROP_REASONS } from '../words.ts'
import { count, eventType, slotName } from './values.ts'

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
  /** `fault` also while only some parts are faulty, and the others are read on. */
  reader: z.enum(['reading', 'sleeping', 'blocked', 'fault']),
  /** Parts whose positions or lengths cannot be: they are no longer read. */
  faultyParts: count,
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
