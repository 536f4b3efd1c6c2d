/** The publications of one demand in one flush: usually one, more where its rows do not go into one frame. Pure. */
import type { BatchEncoder, SlotGap } from '@ringside/protocol'
import type { Publication } from './messages.ts'
import type { Records } from './records.ts'
import type { TimeZero } from './scan.ts'

/** What the frames of one flush have in common. */
export interface FlushWindow {
  encoder: BatchEncoder
  records: Records
  zero: TimeZero
  fromNs: number
  toNs: number
  /** Rows are told by time, not as they were read. */
  byTime: boolean
  gaps: readonly SlotGap[]
}

export class Frames {
  /** Time of the newest row told so far, those of earlier flushes included. */
  newestNs: number
  readonly #window: FlushWindow
  readonly #demand: number
  readonly #publications: Publication[] = []
  /** Matching rows that no publication has told yet. */
  #matched: number
  #withheld: number
  #gaps: SlotGap[] = []
  #recordBytes = 0
  #late = 0
  #lateNs = 0

  constructor(window: FlushWindow, demand: number, matched: number, withheld: number, newestNs: number) {
    this.#window = window
    this.#demand = demand
    this.#matched = matched
    this.#withheld = withheld
    this.newestNs = newestNs
  }

  gap(gap: SlotGap): void {
    this.#window.encoder.gap(gap)
    this.#gaps.push(gap)
  }

  /** A row of this time was given to the encoder. @param bytes that its record took in its buffer */
  row(timeNs: number, bytes: number): void {
    this.#recordBytes += bytes
    if (timeNs >= this.newestNs) {
      /* One time that cannot be is not to make all that follow late. */
      if (timeNs <= this.#window.toNs) this.newestNs = timeNs
      return
    }
    this.#late += 1
    this.#lateNs = Math.max(this.#lateNs, this.newestNs - timeNs)
  }

  /** @param matched what this frame accounts for: its rows, and those thinned */
  finish(matched: number): void {
    const { encoder, fromNs, toNs } = this.#window
    const { rows } = encoder
    const thinned = matched - rows
    const meta = {
      fromNs,
      toNs,
      matched,
      thinned,
      recordBytes: this.#recordBytes,
      late: this.#late,
      lateNs: this.#lateNs,
    }
    const frame = rows + this.#gaps.length === 0 ? null : encoder.finish(meta)
    const withheld = this.#withheld
    this.#publications.push({ demand: this.#demand, frame, rows, matched, thinned, withheld, gaps: this.#gaps })
    this.#matched -= matched
    this.#withheld = 0
    this.#gaps = []
    this.#recordBytes = 0
    this.#late = 0
    this.#lateNs = 0
  }

  all(): Publication[] {
    this.finish(this.#matched)
    return this.#publications
  }
}
