/** Adds up the rows of the ledger (struct rs_row, one per CPU and nesting level): fates by (slot, type), and streams. */
import { ABI, LIMITS, SLOTS_IN_USE, TABLE } from '../source/abi.ts'

const { rs_row, rs_fates } = ABI.structs
const ROW_WORDS = rs_row.bytes / 4
const SEQ_WORD = rs_row.members.seq / 4
const UNTABLED_WORD = rs_row.members.untabled / 4
const FATES_WORD = rs_row.members.fates / 4
const CELL_WORDS = rs_fates.bytes / 4
const UNTABLED = Object.keys(TABLE).length
const TWO_32 = 2 ** 32

export type FateName = keyof typeof rs_fates.members
export const FATE_NAMES = Object.keys(rs_fates.members) as FateName[]
const DROP_FATES: readonly FateName[] = ['dropped_full', 'dropped_oversize', 'dropped_no_reader', 'dropped_other']
const DROP_WORDS = DROP_FATES.map((name) => rs_fates.members[name] / 4)

/** By index into FATE_NAMES: where it stands in a cell, and which reason to drop it is; -1: none. */
const FATE_WORDS = FATE_NAMES.map((name) => rs_fates.members[name] / 4)
const REASONS = FATE_NAMES.map((name) => DROP_FATES.indexOf(name))

/** Cells are slot × LIMITS.types + type; streams as in `Sequence`. Exact below 2^53. */
export interface Ledger {
  fates: Record<FateName, Float64Array>
  /** By cell: the four reasons together. */
  dropped: Float64Array
  /** By stream: the last number given out. */
  given: Float64Array
  /** By stream: how many of its numbers were dropped. */
  streamDropped: Float64Array
  /** By `dropKey`: what was dropped there; only what was. */
  drops: Map<number, number>
  /** By enum rs_table: what a table had no room for. */
  untabled: Float64Array
}

/** Where and why: the cell, the CPU, and the index of the reason in DROP_REASONS. */
export interface DropPlace {
  cell: number
  cpu: number
  reason: number
}

export function dropKey(cpus: number, { cell, cpu, reason }: DropPlace): number {
  return (cell * cpus + cpu) * DROP_FATES.length + reason
}

/** The other way round. */
export function dropPlace(cpus: number, key: number): DropPlace {
  const place = Math.floor(key / DROP_FATES.length)
  return { cell: Math.floor(place / cpus), cpu: place % cpus, reason: key % DROP_FATES.length }
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
    drops: new Map(),
    untabled: new Float64Array(UNTABLED),
  }
  const counters = new Float64Array(rows.buffer, rows.byteOffset, rows.byteLength / 8)
  for (let cpu = 0; cpu < cpus; cpu += 1) {
    for (let level = 0; level < LIMITS.rows; level += 1) addRow({ ledger, words, counters, cpus, cpu }, level)
  }
  return ledger
}

/** What one slot has dropped. @param rows as `SourceFeed.rows` fills them */
export function droppedOf(rows: Uint8Array, cpus: number, slot: number): number {
  const words = new Uint32Array(rows.buffer, rows.byteOffset, rows.byteLength / 4)
  let dropped = 0
  for (let row = 0; row < cpus * LIMITS.rows; row += 1) {
    for (let type = 0; type < LIMITS.types; type += 1) {
      const at = row * ROW_WORDS + FATES_WORD + (slot * LIMITS.types + type) * CELL_WORDS
      for (const word of DROP_WORDS) dropped += u64(words, at + word)
    }
  }
  return dropped
}

interface RowsOfCpu {
  ledger: Ledger
  words: Uint32Array
  /** The same bytes, only to be compared with 0. */
  counters: Float64Array
  cpus: number
  cpu: number
}

function addRow(rows: RowsOfCpu, level: number): void {
  const { ledger, words, cpus, cpu } = rows
  const row = (cpu * LIMITS.rows + level) * ROW_WORDS
  /* Events nested deeper than the levels are counted in the last row, and have no numbers. */
  const numbered = level < LIMITS.levels
  for (let table = 0; table < UNTABLED; table += 1) {
    ledger.untabled[table] = (ledger.untabled[table] as number) + u64(words, row + UNTABLED_WORD + table * 2)
  }
  for (let slot = 0; slot < SLOTS_IN_USE; slot += 1) {
    let dropped = 0
    for (let type = 0; type < LIMITS.types; type += 1) dropped += addCell(rows, row, slot * LIMITS.types + type)
    if (!numbered) continue
    const stream = (slot * cpus + cpu) * LIMITS.levels + level
    ledger.given[stream] = u64(words, row + SEQ_WORD + slot * 2)
    ledger.streamDropped[stream] = dropped
  }
}

/** @returns what this cell of this row dropped */
function addCell({ ledger, words, counters, cpus, cpu }: RowsOfCpu, row: number, cell: number): number {
  const at = row + FATES_WORD + cell * CELL_WORDS
  if (isZero(counters, at / 2)) return 0
  let dropped = 0
  for (let index = 0; index < FATE_NAMES.length; index += 1) {
    const count = u64(words, at + (FATE_WORDS[index] as number))
    if (count === 0) continue
    const table = ledger.fates[FATE_NAMES[index] as FateName]
    table[cell] = (table[cell] as number) + count
    const reason = REASONS[index] as number
    if (reason < 0) continue
    dropped += count
    const key = dropKey(cpus, { cell, cpu, reason })
    ledger.drops.set(key, (ledger.drops.get(key) ?? 0) + count)
  }
  ledger.dropped[cell] = (ledger.dropped[cell] as number) + dropped
  return dropped
}

/** Most cells are. Not told by `seen` alone: that something is counted which was not seen is what L1 is there to find. */
function isZero(counters: Float64Array, at: number): boolean {
  for (let counter = at; counter < at + CELL_WORDS / 2; counter += 1) if (counters[counter] !== 0) return false
  return true
}

function u64(words: Uint32Array, at: number): number {
  return (words[at + 1] as number) * TWO_32 + (words[at] as number)
}
