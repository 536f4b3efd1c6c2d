/** Gaps outside of a batch: joined per slot while they wait, and written as both tables of gaps have them. [GAP] */
import type { GapStream, SlotGap } from './batch.ts'
import { ByteWriter } from './bytes.ts'
import { COLUMN, ENCODING } from './frame.ts'
import { writeColumn } from './int-column.ts'

/** [GAP1] Streams that a gap names at most. */
export const GAP_STREAMS = 16

interface OpenGap extends Omit<SlotGap, 'cpus' | 'streams'> {
  cpus: Set<number>
  /** By CPU and level. */
  streams: Map<number, GapStream>
}

/** One gap per slot, however many are added. */
export class GapSum {
  readonly #bySlot = new Map<number, OpenGap>()

  get any(): boolean {
    return this.#bySlot.size > 0
  }

  add(gap: SlotGap): void {
    const open = this.#bySlot.get(gap.slot)
    if (open === undefined) {
      const streams = new Map<number, GapStream>()
      addStreams(streams, gap.streams)
      this.#bySlot.set(gap.slot, { ...gap, cpus: new Set(gap.cpus), streams })
      return
    }
    open.lost += gap.lost
    open.holes += gap.holes
    open.fromNs = Math.min(open.fromNs, gap.fromNs)
    open.toNs = Math.max(open.toNs, gap.toNs)
    for (const cpu of gap.cpus) open.cpus.add(cpu)
    addStreams(open.streams, gap.streams)
  }

  /** All since the last call, by time. */
  take(): SlotGap[] {
    const gaps = Array.from(this.#bySlot.values(), (gap) => ({
      ...gap,
      cpus: [...gap.cpus].sort((a, b) => a - b),
      streams: worstStreams([...gap.streams.values()]),
    }))
    this.#bySlot.clear()
    return gaps.sort((a, b) => a.fromNs - b.fromNs)
  }
}

function addStreams(into: Map<number, GapStream>, streams: readonly GapStream[]): void {
  for (const stream of streams) {
    const key = stream.cpu * 4 + stream.level
    const open = into.get(key)
    if (open === undefined) into.set(key, { ...stream })
    else {
      open.from = Math.min(open.from, stream.from)
      open.to = Math.max(open.to, stream.to)
      open.lost += stream.lost
    }
  }
}

/** [GAP1] Those that a gap names: the streams that lost most, most first. */
export function worstStreams(streams: readonly GapStream[]): GapStream[] {
  return [...streams].sort((a, b) => b.lost - a.lost || a.cpu - b.cpu || a.level - b.level).slice(0, GAP_STREAMS)
}

/** [GAP2] The column that a sender puts behind a shared body: gaps before the first row. */
export function earlierGapsColumn(gaps: readonly SlotGap[]): Uint8Array {
  const payload = new ByteWriter()
  payload.uint(gaps.length)
  for (const gap of gaps) writeGap(payload, 0, gap)
  const column = new ByteWriter()
  writeColumn(column, COLUMN.earlierGaps, ENCODING.table, payload)
  return column.u8.slice(0, column.length)
}

/** [GAP1] */
export function writeGap(out: ByteWriter, row: number, gap: SlotGap): void {
  out.uint(row)
  out.uint(gap.slot & 15)
  out.uint(gap.lost)
  out.uint(gap.holes)
  out.int(gap.fromNs)
  out.int(gap.toNs - gap.fromNs)
  out.uint(gap.cpus.length)
  for (const cpu of gap.cpus) out.uint(cpu)
  const streams = gap.streams.length > GAP_STREAMS ? worstStreams(gap.streams) : gap.streams
  out.uint(streams.length)
  for (const { cpu, level, from, to, lost } of streams) {
    out.uint(cpu & 0xffff)
    out.uint(level & 3)
    out.uint(from)
    out.uint(Math.max(0, to - from))
    out.uint(lost)
  }
}
