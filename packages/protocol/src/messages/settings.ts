/** What can be set, as it was asked for and as it is applied, and the rules of the filter in the kernel. */
import * as z from 'zod/mini'
import { utf8Bytes } from '../shown-text.ts'
import { count, eventType, share, slotName } from './values.ts'

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

export const rules = z.array(filterRule).check(z.maxLength(8))
/** time: across slots, CPUs and shards, held back for those that are behind; cpu: as they were read. */
export const orderMode = z.enum(['time', 'cpu'])
export const windowMs = z.number().check(z.gte(0), z.lte(1000))
export const sharding = z.enum(['single', 'cpu'])
/** stream: read as soon as there is something; batch: once per flush. */
export const processing = z.enum(['stream', 'batch'])
export const typeMode = z.enum(['events', 'aggregate', 'both'])
export const recordVersion = z.int().check(z.gte(1), z.lte(15))

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
