/** Gaps outside of a batch: joined per slot while they wait, and written as both tables of gaps have them. [GAP] */
import type { SlotGap } from './batch.ts'
import { ByteWriter } from './bytes.ts'
import { COLUMN, ENCODING } from './frame.ts'
import { writeColumn } from './int-column.ts'

interface OpenGap extends Omit<SlotGap, 'cpus'> {
  cpus: Set<number>
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
      this.#bySlot.set(gap.slot, { ...gap, cpus: new Set(gap.cpus) })
      return
    }
    open.lost += gap.lost
    open.holes += gap.holes
    open.fromNs = Math.min(open.fromNs, gap.fromNs)
    open.toNs = Math.max(open.toNs, gap.toNs)
    for (const cpu of gap.cpus) open.cpus.add(cpu)
  }

  /** All since the last call, by time. */
  take(): SlotGap[] {
    const gaps = Array.from(this.#bySlot.values(), (gap) => ({ ...gap, cpus: [...gap.cpus].sort((a, b) => a - b) }))
    this.#bySlot.clear()
    return gaps.sort((a, b) => a.fromNs - b.fromNs)
  }
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
  out.uint(gap.slot & 7)
  out.uint(gap.lost)
  out.uint(gap.holes)
  out.int(gap.fromNs)
  out.int(gap.toNs - gap.fromNs)
  out.uint(gap.cpus.length)
  for (const cpu of gap.cpus) out.uint(cpu)
}
