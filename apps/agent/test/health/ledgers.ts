/** Ledgers written by hand: what rows would add up to. */
import { dropKey, FATE_NAMES, type FateName, type Ledger } from '../../src/health/rows.ts'
import { LIMITS } from '../../src/source/abi.ts'

const DROPS: readonly FateName[] = ['dropped_full', 'dropped_oversize', 'dropped_no_reader', 'dropped_other']

export function emptyLedger(cpus: number): Ledger {
  const cells = LIMITS.slots * LIMITS.types
  const streams = LIMITS.slots * cpus * LIMITS.levels
  return {
    fates: Object.fromEntries(FATE_NAMES.map((name) => [name, new Float64Array(cells)])) as Ledger['fates'],
    dropped: new Float64Array(cells),
    given: new Float64Array(streams),
    streamDropped: new Float64Array(streams),
    drops: new Map(),
    untabled: new Float64Array(3),
  }
}

/** Counts one fate of an event of this cell, on this CPU's first level. */
export function count(ledger: Ledger, cpus: number, cell: number, cpu: number, fate: FateName, by = 1): void {
  const table = ledger.fates[fate]
  table[cell] = (table[cell] as number) + by
  const reason = DROPS.indexOf(fate)
  if (reason < 0) return
  const key = dropKey(cpus, { cell, cpu, reason })
  const stream = (Math.floor(cell / LIMITS.types) * cpus + cpu) * LIMITS.levels
  ledger.dropped[cell] = (ledger.dropped[cell] as number) + by
  ledger.streamDropped[stream] = (ledger.streamDropped[stream] as number) + by
  ledger.drops.set(key, (ledger.drops.get(key) ?? 0) + by)
}

/** As it is now. */
export function copyOf(ledger: Ledger): Ledger {
  return structuredClone(ledger)
}
