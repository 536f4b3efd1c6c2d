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
import { totalsOf } from '../../store/totals.ts'
import { rate } from '../format.ts'

/** Load of one slot or type over the last second. */
export interface Load {
  /** Events a second before any sampling or shedding. */
  readonly seen: number
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
  if (after === undefined || before === undefined) return { seen: 0, submitted: 0, recordBytes: null }
  const seconds = Math.max(0.001, (after.upMs - before.upMs) / 1000)
  const [from, to] = [totalsOf(rowsOf(before)), totalsOf(rowsOf(after))]
  return {
    seen: (to.seen - from.seen) / seconds,
    submitted: (to.submitted - from.submitted) / seconds,
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

/** "keeps 1 of 10 syscall: 1,204 instead of 12,040/s; −41 MiB/min". */
export function samplingEffect(type: EventType, share: number, nowShare: number, { seen, recordBytes }: Load): string {
  const keeps =
    share >= 1
      ? `keeps every ${type}`
      : share <= 0
        ? `keeps no ${type}; they are still counted`
        : `keeps ${kept(share)} ${type}`
  if (share === nowShare || seen === 0) return keeps
  const change = seen * (share - nowShare)
  const bytes = Math.abs(change) * (recordBytes ?? 0) * MINUTE
  const size = bytes > 0 ? `; ${change < 0 ? '−' : '+'}${formatBytes(bytes)}/min` : ''
  return `${keeps}: ${rate(seen * share)} instead of ${rate(seen * nowShare)}/s${size}`
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
