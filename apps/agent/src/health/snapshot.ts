/** Builds the health message of ingest from what was counted and read. Keeps only what must be compared with the last one. */
import { EVENT_TYPES, type EventType, type Fates, type Law, SLOT_NAMES, type SlotHealth } from '@ringside/protocol'
import type { IngestHealth } from '../ingest/messages.ts'
import { LIMITS } from '../source/abi.ts'
import type { FillWatch } from './fill-watch.ts'
import { type Accounts, evaluateLaws, lostTail, ofSlot, ofStreams } from './laws.ts'
import { RestWatch } from './rest-watch.ts'

export interface SnapshotInput {
  accounts: Omit<Accounts, 'resting'>
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
  #number = 0

  constructor(epoch: string, cpus: number) {
    this.#epoch = epoch
    this.#rest = new RestWatch(cpus)
  }

  take(input: SnapshotInput): IngestHealth {
    const { accounts, timeMs, upMs, missed } = input
    const resting = this.#rest.look(accounts.after, accounts.usedBytes)
    this.#number += 1
    return {
      type: 'health',
      epoch: this.#epoch,
      number: this.#number,
      timeMs,
      upMs,
      slots: SLOT_NAMES.map((_, slot) => this.#slot(input, slot)),
      fates: fatesOf(accounts),
      published: accounts.published,
      withheld: accounts.withheld,
      missed,
      laws: lawsOf({ ...accounts, resting }),
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
      capacityBytes: fill.capacityBytes,
      usedBytes: fill.usedBytes,
      highWaterBytes: fill.takeHealthHighWater(),
      highWaterEverBytes: fill.highWaterEverBytes,
      reader: fill.reader(sleeping),
      gaps: ofStreams(sequence.gaps, cpus, slot),
      tail: lostTail(sequence, after, slot),
      firstDropMs: memory.firstDropMs,
      lastDropMs: memory.lastDropMs,
      shedding,
      consumedBytes: consumedBytes[slot] as number,
    }
  }
}

function lawsOf(accounts: Accounts): Law[] {
  return evaluateLaws(
    accounts,
    SLOT_NAMES.map((_, slot) => slot),
  )
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
