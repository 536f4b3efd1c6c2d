/** Adds up the rows of the ledger (struct rs_row, one per CPU and nesting level): fates by (slot, type), and streams. */
import { ABI, LIMITS, SLOTS_IN_USE } from '../source/abi.ts'

const { rs_row, rs_fates } = ABI.structs
const ROW_WORDS = rs_row.bytes / 4
const SEQ_WORD = rs_row.members.seq / 4
const FATES_WORD = rs_row.members.fates / 4
const CELL_WORDS = rs_fates.bytes / 4
const TWO_32 = 2 ** 32

export type FateName = keyof typeof rs_fates.members
export const FATE_NAMES = Object.keys(rs_fates.members) as FateName[]
const DROP_FATES = ['dropped_full', 'dropped_oversize', 'dropped_no_reader', 'dropped_other'] as const

/** By index into FATE_NAMES: where it stands in a cell, and whether it is a reason to drop. */
const FATE_WORDS = FATE_NAMES.map((name) => rs_fates.members[name] / 4)
const IS_DROP = FATE_NAMES.map((name) => DROP_FATES.some((drop) => drop === name))

/** Cells are slot × LIMITS.types + type; streams as in `Sequence`. Exact below 2^53. */
export interface Ledger {
  fates: Record<FateName, Float64Array>
  /** By cell: the four reasons together. */
  dropped: Float64Array
  /** By stream: the last number given out. */
  given: Float64Array
  /** By stream: how many of its numbers were dropped. */
  streamDropped: Float64Array
}

/** Bytes that `SourceFeed.rows` fills. */
export function rowsBytes(cpus: number): number {
  return cpus * LIMITS.rows * rs_row.bytes
}

export function readLedger(rows: Uint8Array, cpus: number): Ledger {
  const words = new Uint32Array(rows.buffer, rows.byteOffset, rows.byteLength / 4)
  const cells = LIMITS.slots * LIMITS.types
  const streams = LIMITS.slots * cpus * LIMITS.levels
  const ledger: Ledger = {
    fates: Object.fromEntries(FATE_NAMES.map((name) => [name, new Float64Array(cells)])) as Ledger['fates'],
    dropped: new Float64Array(cells),
    given: new Float64Array(streams),
    streamDropped: new Float64Array(streams),
  }
  for (let cpu = 0; cpu < cpus; cpu += 1) {
    for (let level = 0; level < LIMITS.rows; level += 1) addRow(ledger, words, cpus, cpu, level)
  }
  return ledger
}

function addRow(ledger: Ledger, words: Uint32Array, cpus: number, cpu: number, level: number): void {
  const row = (cpu * LIMITS.rows + level) * ROW_WORDS
  /* Events nested deeper than the levels are counted in the last row, and have no numbers. */
  const numbered = level < LIMITS.levels
  for (let slot = 0; slot < SLOTS_IN_USE; slot += 1) {
    let dropped = 0
    for (let type = 0; type < LIMITS.types; type += 1)
      dropped += addCell(ledger, words, row, slot * LIMITS.types + type)
    if (!numbered) continue
    const stream = (slot * cpus + cpu) * LIMITS.levels + level
    ledger.given[stream] = u64(words, row + SEQ_WORD + slot * 2)
    ledger.streamDropped[stream] = dropped
  }
}

/** @returns what this cell of this row dropped */
function addCell(ledger: Ledger, words: Uint32Array, row: number, cell: number): number {
  const at = row + FATES_WORD + cell * CELL_WORDS
  if (isZero(words, at)) return 0
  let dropped = 0
  for (let index = 0; index < FATE_NAMES.length; index += 1) {
    const count = u64(words, at + (FATE_WORDS[index] as number))
    if (count === 0) continue
    const table = ledger.fates[FATE_NAMES[index] as FateName]
    table[cell] = (table[cell] as number) + count
    if (IS_DROP[index] === true) dropped += count
  }
  ledger.dropped[cell] = (ledger.dropped[cell] as number) + dropped
  return dropped
}

/** Most cells are. Not told by `seen` alone: that something is counted which was not seen is what L1 is there to find. */
function isZero(words: Uint32Array, at: number): boolean {
  for (let word = at; word < at + CELL_WORDS; word += 1) if (words[word] !== 0) return false
  return true
}

function u64(words: Uint32Array, at: number): number {
  return (words[at + 1] as number) * TWO_32 + (words[at] as number)
}
