/** Builds the health message of ingest from what was counted and read. Keeps only what must be compared with the last one. */
import { EVENT_TYPES, type EventType, type Fates, SLOT_NAMES, type SlotHealth } from '@ringside/protocol'
import type { IngestHealth } from '../ingest/messages.ts'
import { LIMITS, TABLE } from '../source/abi.ts'
import { DropLog } from './drop-log.ts'
import { FallWatch } from './fall-watch.ts'
import type { FillWatch } from './fill-watch.ts'
import { type Accounts, evaluateLaws, lostTail, ofSlot, ofStreams } from './laws.ts'
import { RestWatch } from './rest-watch.ts'

export interface SnapshotInput {
  accounts: Omit<Accounts, 'resting' | 'falls' | 'recordsOnly'>
  /** By slot. */
  fills: readonly FillWatch[]
  consumedBytes: Float64Array
  missed: number | null
  sleeping: boolean
  timeMs: number
  upMs: number
}

interface SlotMemory {
  dropped: number
  shed: number
  firstDropMs: number | null
  lastDropMs: number | null
}

export class Snapshots {
  readonly #epoch: string
  readonly #memory: SlotMemory[] = SLOT_NAMES.map(() => ({ dropped: 0, shed: 0, firstDropMs: null, lastDropMs: null }))
  readonly #rest: RestWatch
  readonly #falls: FallWatch
  readonly #drops: DropLog
  /** Slots that something has been counted of. */
  readonly #counted = new Set<number>()
  #number = 0

  constructor(epoch: string, cpus: number) {
    this.#epoch = epoch
    this.#rest = new RestWatch(cpus)
    this.#falls = new FallWatch(cpus)
    this.#drops = new DropLog(cpus)
  }

  /** Slots that have neither a buffer nor counts are not told of. */
  shows(slot: number, { capacityBytes }: FillWatch): boolean {
    return capacityBytes > 0 || this.#counted.has(slot)
  }

  take(input: SnapshotInput): IngestHealth {
    const { accounts, fills, timeMs, upMs, missed } = input
    const { before, after } = accounts
    const resting = this.#rest.look(after, accounts.usedBytes)
    const falls = this.#falls.look(before, after)
    const recordsOnly = fills.every(({ toldLost }) => toldLost === null)
    SLOT_NAMES.forEach((_, slot) => {
      if (isCounted(accounts, slot)) this.#counted.add(slot)
    })
    const shown = fills.flatMap((fill, slot) => (this.shows(slot, fill) ? [slot] : []))
    const untabled = (table: keyof typeof TABLE): number => after.untabled[TABLE[table]] as number
    this.#number += 1
    return {
      type: 'health',
      epoch: this.#epoch,
      number: this.#number,
      timeMs,
      upMs,
      slots: shown.map((slot) => this.#slot(input, slot)),
      fates: fatesOf(accounts),
      ...this.#drops.take(after, timeMs),
      untabled: { connections: untabled('connections'), windows: untabled('windows'), heavy: untabled('heavy') },
      published: accounts.published,
      withheld: accounts.withheld,
      missed,
      laws: evaluateLaws({ ...accounts, resting, falls, recordsOnly }, shown),
    }
  }

  #slot({ accounts, fills, consumedBytes, sleeping, timeMs }: SnapshotInput, slot: number): SlotHealth {
    const { cpus, after, sequence } = accounts
    const fill = fills[slot] as FillWatch
    const memory = this.#memory[slot] as SlotMemory
    const dropped = ofSlot(after.dropped, slot)
    const shed = ofSlot(after.fates.shed, slot)
    if (dropped > memory.dropped) {
      memory.firstDropMs ??= timeMs
      memory.lastDropMs = timeMs
    }
    const shedding = shed > memory.shed
    memory.dropped = dropped
    memory.shed = shed
    return {
      slot: SLOT_NAMES[slot] as SlotHealth['slot'],
      ringEpoch: fill.ringEpoch,
      parts: fill.parts,
      capacityBytes: fill.capacityBytes,
      usedBytes: fill.usedBytes,
      highWaterBytes: fill.takeHealthHighWater(),
      highWaterEverBytes: fill.highWaterEverBytes,
      reader: fill.reader(sleeping),
      faultyParts: fill.faultyParts,
      blockedMs: fill.block.blockedMs,
      droppedBlocked: fill.block.droppedBlocked(dropped),
      largestFitBytes: fill.largestFitBytes,
      toldLost: fill.toldLost,
      gaps: ofStreams(sequence.gaps, cpus, slot),
      tail: lostTail(sequence, after, slot),
      firstDropMs: memory.firstDropMs,
      lastDropMs: memory.lastDropMs,
      shedding,
      consumedBytes: consumedBytes[slot] as number,
    }
  }
}

function isCounted({ after, consumed }: SnapshotInput['accounts'], slot: number): boolean {
  return ofSlot(after.fates.seen, slot) > 0 || ofSlot(consumed, slot) > 0
}

/** Pairs that have seen anything, or that records arrived for. */
function fatesOf(accounts: SnapshotInput['accounts']): Fates[] {
  const { fates } = accounts.after
  return SLOT_NAMES.flatMap((slot, index) =>
    (Object.entries(EVENT_TYPES) as [EventType, number][]).flatMap(([type, number]) => {
      const cell = index * LIMITS.types + number
      const of = (table: Float64Array): number => table[cell] as number
      if (of(fates.seen) === 0 && of(accounts.consumed) === 0) return []
      return {
        slot,
        type,
        seen: of(fates.seen),
        filtered: of(fates.filtered),
        sampled: of(fates.sampled),
        shed: of(fates.shed),
        aggregated: of(fates.aggregated),
        dropped: {
          full: of(fates.dropped_full),
          oversize: of(fates.dropped_oversize),
          noReader: of(fates.dropped_no_reader),
          other: of(fates.dropped_other),
        },
        submitted: of(fates.submitted),
        consumed: of(accounts.consumed),
        decoded: of(accounts.decoded),
        malformed: of(accounts.malformed),
      }
    }),
  )
}
