/** Health messages for tests: quiet by default, each part replaceable. */
import type { Fates, Health, SlotHealth } from '@ringside/protocol'

const START_MS = Date.UTC(2025, 0, 1, 12)

export function makeFates(change: Partial<Omit<Fates, 'dropped'>> & { full?: number } = {}): Fates {
  const { full = 0, ...rest } = change
  const seen = rest.seen ?? 0
  return {
    slot: 'debug',
    type: 'syscall',
    seen,
    filtered: 0,
    sampled: 0,
    shed: 0,
    aggregated: 0,
    dropped: { full, oversize: 0, noReader: 0, other: 0 },
    submitted: seen - full,
    consumed: seen - full,
    decoded: seen - full,
    malformed: 0,
    ...rest,
  }
}

export function makeSlot(change: Partial<SlotHealth> = {}): SlotHealth {
  return {
    slot: 'debug',
    ringEpoch: 0,
    parts: 1,
    capacityBytes: 8192,
    usedBytes: 0,
    highWaterBytes: 0,
    highWaterEverBytes: 0,
    reader: 'sleeping',
    faultyParts: 0,
    blockedMs: 0,
    droppedBlocked: 0,
    largestFitBytes: 8192,
    toldLost: null,
    gaps: 0,
    tail: 0,
    firstDropMs: null,
    lastDropMs: null,
    shedding: false,
    consumedBytes: 0,
    ...change,
  }
}

/** @param second seconds since the agent started */
export function makeHealth(second: number, change: Partial<Health> = {}): Health {
  return {
    type: 'health',
    epoch: 'one',
    number: second + 1,
    timeMs: START_MS + second * 1000,
    upMs: second * 1000,
    slots: [makeSlot()],
    fates: [makeFates()],
    drops: [],
    dropsElsewhere: 0,
    untabled: { connections: 0, windows: 0, heavy: 0 },
    published: 0,
    withheld: 0,
    missed: 0,
    laws: [],
    client: null,
    clients: 1,
    ...change,
  }
}
