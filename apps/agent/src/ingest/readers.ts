/** The readers of all slots, the critical one first: what one pass of them is. Pure: times are handed in. */
import { SLOT_NAMES } from '@ringside/protocol'
import type { FillWatch } from '../health/fill-watch.ts'
import type { HoldBack } from './hold-back.ts'
import type { Reading } from './messages.ts'
import type { Pace } from './pace.ts'
import type { Sequence } from './sequence.ts'
import { SlotReader, type TurnTools } from './slot-reader.ts'

export class Readers {
  readonly #tools: TurnTools
  readonly #readers: readonly SlotReader[]

  constructor(tools: TurnTools, nowNs: number) {
    this.#tools = tools
    this.#readers = SLOT_NAMES.map((_, slot) => new SlotReader(slot, tools, nowNs))
  }

  /** By slot. */
  get fills(): readonly FillWatch[] {
    return this.#readers.map(({ fill }) => fill)
  }

  /** Bytes that the last pass took. */
  get passBytes(): number {
    return this.#readers.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** A turn of the last pass ended before the buffer did. */
  get anyLeft(): boolean {
    return this.#readers.some(({ left }) => left)
  }

  /** Something that can be read has come since the last pass. */
  get anyMore(): boolean {
    return this.#readers.some(({ hasMore }) => hasMore)
  }

  /** Slots that nothing can be read of, since their heads are reserved and not committed. */
  get blockedSlots(): number[] {
    return this.#readers.flatMap(({ slot, isBlocked }) => (isBlocked ? [slot] : []))
  }

  /** A head has been busy for so long that looking at it again soon is of no use. */
  get anyStuck(): boolean {
    return this.#readers.some(({ fill }) => fill.block.isStuck)
  }

  /** By slot. */
  usedBytes(): number[] {
    return this.#readers.map(({ usedBytes }) => usedBytes)
  }

  process(processing: Reading['processing']): void {
    for (const reader of this.#readers) reader.processing = processing[reader.slot] ?? 'stream'
  }

  at(slot: number): SlotReader | undefined {
    return this.#readers[slot]
  }

  /**
   * One turn for each slot that is due.
   * @param all whether slots that are read in batches are due @param dropped what a slot has dropped by now
   */
  pass(nowNs: number, pace: Pace, all: boolean, dropped: (slot: number) => number): void {
    this.#tools.feed.beginPass()
    pace.begin()
    for (const reader of this.#readers) {
      reader.begin(nowNs, () => dropped(reader.slot))
      if (reader.isDue(all)) reader.read()
      reader.pace(pace)
    }
  }

  /** After a pass that began at `notedNs` and in which all were due. */
  settle(holdBack: HoldBack, notedNs: number, sequence: Sequence): void {
    for (const reader of this.#readers) reader.settle(holdBack, notedNs, sequence.newestNs(reader.slot))
  }
}
