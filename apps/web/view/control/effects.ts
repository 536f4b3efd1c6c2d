/** What a change would do, in words, from the rates of the last second. Pure. */
import {
  type EventType,
  formatBytes,
  formatCount,
  formatDuration,
  formatShare,
  type Health,
  type SlotName,
} from '@ringside/protocol'
import { growthOf, totalsOf } from '../../store/totals.ts'
import { rate } from '../format.ts'

/** Load of one slot or type over the last second. */
export interface Load {
  /** Events a second before anything is left out. */
  readonly seen: number
  /** Those that get as far as the sampling: neither filtered nor only counted. */
  readonly offered: number
  readonly submitted: number
  /** Mean bytes of a record in the buffer, its ring header included; null before the first record. */
  readonly recordBytes: number | null
}

export function slotLoad(healths: readonly Health[], slot: SlotName): Load {
  return load(healths, slot, (health) => health.fates.filter((row) => row.slot === slot))
}

export function typeLoad(healths: readonly Health[], type: EventType, slot: SlotName): Load {
  return load(healths, slot, (health) => health.fates.filter((row) => row.type === type))
}

function load(healths: readonly Health[], slot: SlotName, rowsOf: (health: Health) => Health['fates']): Load {
  const after = healths.at(-1)
  const before = healths.at(-2)
  if (after === undefined || before === undefined) return { seen: 0, offered: 0, submitted: 0, recordBytes: null }
  const seconds = Math.max(0.001, (after.upMs - before.upMs) / 1000)
  const grown = growthOf({ ...before, fates: rowsOf(before) }, { ...after, fates: rowsOf(after) })
  const [seen, submitted] = [grown.seen ?? 0, grown.submitted ?? 0]
  return {
    seen: seen / seconds,
    offered: Math.max(0, seen - (grown.filtered ?? 0) - (grown.aggregated ?? 0)) / seconds,
    submitted: submitted / seconds,
    recordBytes: meanRecord(after, slot),
  }
}

function meanRecord(health: Health, slot: SlotName): number | null {
  const { consumed } = totalsOf(health.fates, slot)
  const bytes = health.slots.find((candidate) => candidate.slot === slot)?.consumedBytes ?? 0
  return consumed === 0 ? null : bytes / consumed
}

/** "holds 1.2 s of the present rate if the agent stops reading; 8 MiB more kernel memory". */
export function resizeEffect(bytes: number, nowBytes: number, { submitted, recordBytes }: Load): string {
  const flow = submitted * (recordBytes ?? 0)
  const holds =
    flow > 0 ? `holds ${formatDuration((bytes / flow) * 1e9)} of the present rate while the agent does not read` : ''
  const memory =
    bytes === nowBytes
      ? ''
      : `${formatBytes(Math.abs(bytes - nowBytes))} ${bytes > nowBytes ? 'more' : 'less'} kernel memory`
  return [holds, memory].filter((part) => part !== '').join('; ')
}

const MINUTE = 60

/**
 * "keeps 1 of 10 syscall: 1,204 instead of 12,040/s; −41 MiB/min".
 * @param what is sampled, in the singular @param otherShare of what else samples these events
 */
export function samplingEffect(what: string, share: number, nowShare: number, load: Load, otherShare: number): string {
  const keeps =
    share >= 1
      ? `keeps every ${what}`
      : share <= 0
        ? `keeps no ${what}; they are still counted`
        : `keeps ${kept(share)} ${what}`
  const also = otherShare < 1 && share > 0 ? `, of which the buffer keeps ${kept(otherShare)}` : ''
  if (share === nowShare || load.offered === 0) return keeps + also
  const reaching = load.offered * otherShare
  const change = reaching * (share - nowShare)
  const bytes = Math.abs(change) * (load.recordBytes ?? 0) * MINUTE
  const size = bytes > 0 ? `; ${change < 0 ? '−' : '+'}${formatBytes(bytes)}/min` : ''
  return `${keeps}${also}: ${rate(reaching * share)} instead of ${rate(reaching * nowShare)}/s${size}`
}

function kept(share: number): string {
  const inverse = 1 / share
  return Math.abs(inverse - Math.round(inverse)) < 1e-6 * inverse ? `1 of ${formatCount(inverse)}` : formatShare(share)
}

export function backpressureEffect(slot: SlotName, isOn: boolean, watermark: number, capacityBytes: number): string {
  if (watermark === 0)
    return `${isOn ? 'Leaves' : 'If switched on, leaves'} out every event of ${slot}; they are still counted`
  return `${isOn ? 'Above' : 'If switched on, above'} ${formatBytes(watermark * capacityBytes)} of fill, events of ${slot} are left out and counted as shed, rather than dropped`
}

/** What it means that the CPUs share one ring, or have one each. */
export function shardingEffect(sharding: 'single' | 'cpu', cpus: number): string {
  return sharding === 'cpu'
    ? `a ring for each of ${formatCount(cpus)} CPUs, with its part of the capacity: none waits for another; order between them is restored by time`
    : 'one ring for all CPUs, in the order in which places were reserved; CPUs that write at once wait for each other'
}

export function processingEffect(processing: 'stream' | 'batch'): string {
  return processing === 'stream'
    ? 'read as soon as there is something'
    : 'read once per flush, or when an eighth is full: less work, events a little later'
}

/** What counting in the kernel does to the events of a type. */
export const MODE_EFFECTS = {
  events: 'each event is sent as a record',
  aggregate: 'no event is sent: each is counted in tables in the kernel, and is in none of the rows',
  both: 'each event is sent as a record, and counted in tables in the kernel before any sampling',
} as const
