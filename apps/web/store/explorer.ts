/**
 * The table's model: the log, what passes the filters, and whether it follows or stands still. Outside React; a version
 * counter says when to look again. While it is paused a snapshot is shown that nothing can move or overwrite.
 */
import type { Batch, Settings } from '@ringside/protocol'
import { EventLog } from './event-log.ts'
import { FrameClock } from './frame-clock.ts'
import { latenessOf, NO_PROGRESS } from './late.ts'
import { type FrameCounters, type Marker, markersOf, mergeMarkers } from './markers.ts'
import { Matches, type Rule } from './matches.ts'
import { addVolume, NO_VOLUME, type PageVolume } from './volume.ts'

/** Rows the browser keeps; fewer where they come in batches of a few. */
export const LOG_CAPACITY_ROWS = 200_000

/** A batch, and the wall-clock time of its time zero, ms: it differs after a restart of the agent. */
export interface Held {
  readonly rows: number
  readonly batch: Batch
  readonly zeroMs: number
  /** By how much each row came late, ns, 0 where it did not; null where none did. */
  readonly lateNs: Float64Array | null
}

/** How late rows came since the order was chosen, as the agent counted them in what it published for this page. */
export interface Lateness {
  readonly rows: number
  readonly late: number
  readonly worstNs: number
}

const NEVER_LATE: Lateness = { rows: 0, late: 0, worstNs: 0 }

/** Who stopped the table: the operator, until told otherwise, or the pointer, while it moves over the rows. */
export type PausedBy = 'operator' | 'pointer'

export type Passes = (batch: Batch, row: number) => boolean

const EVERYTHING: Passes = () => true

export class Explorer {
  readonly log = new EventLog<Held, Marker>(LOG_CAPACITY_ROWS)
  readonly #clock = new FrameClock(() => this.#commit())
  readonly #listeners = new Set<() => void>()
  #passes: Passes = EVERYTHING
  #live = this.#match(this.log)
  #frozen: Matches<Held, Marker> | null = null
  #frozenAt = 0
  #pausedBy: PausedBy | null = null
  #counters: FrameCounters = { skipped: 0, withheld: 0 }
  #progress = NO_PROGRESS
  /** Rows are asked for by time: one that is not is late. */
  #isByTime = true
  #lateness = NEVER_LATE
  #volume = NO_VOLUME
  #version = 0
  #frames = 0
  #committed = 0

  get version(): number {
    return this.#version
  }

  /** Null while it follows. */
  get pausedBy(): PausedBy | null {
    return this.#pausedBy
  }

  /** What is on the screen: the snapshot while paused, else what follows. */
  get shown(): Matches<Held, Marker> {
    return this.#frozen ?? this.#live
  }

  /** Matching rows that came after the pause. */
  get fresh(): number {
    return this.#frozen === null ? 0 : this.#live.length - this.#live.indexOf(this.#frozenAt)
  }

  get framesTaken(): number {
    return this.#frames
  }

  get lateness(): Lateness {
    return this.#lateness
  }

  /** Of the frames since the agent started. */
  get volume(): PageVolume {
    return this.#volume
  }

  /** Entries below this number have been handed to the screen. */
  get committed(): number {
    return this.#committed
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @param frameBytes of the message that the batch came in */
  append(batch: Batch, zeroMs: number, frameBytes: number): void {
    const markers = markersOf(batch, zeroMs, this.#counters)
    this.#counters = { skipped: batch.skipped, withheld: batch.withheld }
    this.#frames += 1
    const { lateNs, after } = latenessOf(batch, this.#progress)
    this.#progress = after
    this.#lateness = {
      rows: this.#lateness.rows + batch.matched,
      late: this.#lateness.late + batch.late,
      worstNs: Math.max(this.#lateness.worstNs, batch.lateNs),
    }
    this.#volume = addVolume(this.#volume, batch, frameBytes)
    this.log.append({ rows: batch.rows, batch, zeroMs, lateNs: this.#isByTime ? lateNs : null }, markers)
    this.#clock.request()
  }

  /** Of the rows that come from now on; what was late under another order is not added to. */
  orderBy(mode: Settings['order']['mode']): void {
    const isByTime = mode === 'time'
    if (isByTime === this.#isByTime) return
    this.#isByTime = isByTime
    this.#lateness = NEVER_LATE
  }

  /** The newest batches that are held, the newest last. */
  newest(batches: number): Held[] {
    const found: Held[] = []
    for (let entry = this.log.next - 1; entry >= this.log.first && found.length < batches; ) {
      const piece = this.log.piece(entry)
      if (piece === undefined) break
      if (piece.kind === 'rows' && piece.batch !== found[0]) found.unshift(piece.batch)
      entry = piece.first - 1
    }
    return found
  }

  mark(marker: Marker): void {
    this.log.mark(marker)
    this.#clock.request()
  }

  /** A new connection counts from 0 again; what was counted of another run of the agent is not added to. */
  newConnection(restarted: boolean): void {
    this.#counters = { skipped: 0, withheld: 0 }
    this.#progress = NO_PROGRESS
    if (!restarted) return
    this.#lateness = NEVER_LATE
    this.#volume = NO_VOLUME
  }

  /** The operator's pause outlasts the pointer's. */
  pause(by: PausedBy): void {
    if (this.#pausedBy === by || this.#pausedBy === 'operator') return
    this.#pausedBy = by
    if (this.#frozen === null) {
      this.#live.update()
      this.#frozenAt = this.log.next
      this.#frozen = this.#match(this.log.snapshot())
    }
    this.#changed()
  }

  resume(): void {
    if (this.#frozen === null) return
    this.#frozen = null
    this.#pausedBy = null
    this.#changed()
  }

  clear(): void {
    this.log.clear()
    if (this.#frozen !== null) this.#frozen = this.#match(this.log.snapshot())
    this.#frozenAt = this.log.next
    this.#live = this.#match(this.log)
    this.#changed()
  }

  /** Applies to the rows already held as well. */
  filterBy(passes: Passes): void {
    this.#passes = passes
    this.#live = this.#match(this.log)
    if (this.#frozen !== null) this.#frozen = this.#match(this.#frozen.entries)
    this.#changed()
  }

  #match(entries: Matches<Held, Marker>['entries']): Matches<Held, Marker> {
    const passes = this.#passes
    const rule: Rule<Held, Marker> = { passes: (held, row) => passes(held.batch, row), merge: mergeMarkers }
    return new Matches(entries, rule)
  }

  #commit(): void {
    this.#live.update()
    this.#changed()
  }

  #changed(): void {
    this.#version += 1
    this.#committed = this.log.next
    for (const listener of this.#listeners) listener()
  }
}

export const explorer = new Explorer()
