/**
 * One bank of the tables that the producers count into: where keys, values and cells stand in shared memory. Written by
 * one thread while it is in use, and read and emptied by the other when it is not.
 */
import { ABI, LIMITS } from '../abi.ts'
import type { TableWindow } from '../source.ts'

const { rs_conn, rs_conn_sum, rs_window_key, rs_window_sum, rs_heavy_key, rs_heavy, rs_sketch } = ABI.structs
const LENGTHS_BYTES = 16
const CELLS = LIMITS.kinds * LIMITS.sketchRows * LIMITS.sketchCells

/** Entries that each table has room for. */
export interface TableSizes {
  connections: number
  windows: number
  heavy: number
}

type TableName = keyof TableSizes
const NAMES: readonly TableName[] = ['connections', 'windows', 'heavy']
const ENTRY: Readonly<Record<TableName, { key: number; value: number }>> = {
  connections: { key: rs_conn.bytes, value: rs_conn_sum.bytes },
  windows: { key: rs_window_key.bytes, value: rs_window_sum.bytes },
  heavy: { key: rs_heavy_key.bytes, value: rs_heavy.bytes },
}

/** A table as two arrays, filled from the front. */
export interface BankTable {
  readonly capacity: number
  readonly keyBytes: number
  readonly valueBytes: number
  readonly keys: DataView
  readonly values: DataView
  /** A single element: how many entries there are. */
  readonly length: Uint32Array
}

export class TableBank {
  readonly tables: Readonly<Record<TableName, BankTable>>
  /** Struct rs_sketch, of all CPUs and levels: its one writer cannot be interrupted by another. */
  readonly totals: BigUint64Array
  readonly cells: Uint32Array

  static bytes(sizes: TableSizes): number {
    const tables = NAMES.reduce((sum, name) => sum + sizes[name] * (ENTRY[name].key + ENTRY[name].value), 0)
    return LENGTHS_BYTES + tables + rs_sketch.bytes
  }

  constructor(memory: SharedArrayBuffer, at: number, sizes: TableSizes) {
    let next = at + LENGTHS_BYTES
    const view = (bytes: number) => {
      next += bytes
      return new DataView(memory, next - bytes, bytes)
    }
    const table = (name: TableName): BankTable => {
      const { key, value } = ENTRY[name]
      return {
        capacity: sizes[name],
        keyBytes: key,
        valueBytes: value,
        keys: view(sizes[name] * key),
        values: view(sizes[name] * value),
        length: new Uint32Array(memory, at + NAMES.indexOf(name) * 4, 1),
      }
    }
    this.tables = { connections: table('connections'), windows: table('windows'), heavy: table('heavy') }
    this.totals = new BigUint64Array(memory, next + rs_sketch.members.total, LIMITS.kinds)
    this.cells = new Uint32Array(memory, next + rs_sketch.members.cell, CELLS)
  }

  get empty(): boolean {
    return NAMES.every((name) => this.tables[name].length[0] === 0) && this.totals.every((total) => total === 0n)
  }

  /** What it holds, as `SourceHost.takeTables` gives it; it is empty then. */
  take(): Omit<TableWindow, 'from' | 'to' | 'seeds'> {
    const connections = takeTable(this.tables.connections)
    const windows = takeTable(this.tables.windows)
    const heavy = takeTable(this.tables.heavy)
    const totals = Float64Array.from(this.totals, Number)
    const cells = new Float64Array(this.cells)
    this.totals.fill(0n)
    this.cells.fill(0)
    const tableBytes = [connections, windows, heavy].reduce(
      (sum, { keys, values }) => sum + keys.length + values.length,
      0,
    )
    return {
      connections: { keys: connections.keys, sums: connections.values },
      windows: { keys: windows.keys, sums: windows.values },
      heavy: { keys: heavy.keys, names: heavy.values },
      totals,
      cells,
      bytesRead: tableBytes + rs_sketch.bytes,
    }
  }
}

function takeTable({ keys, values, keyBytes, valueBytes, length }: BankTable) {
  const entries = length[0] as number
  const taken = { keys: copyOf(keys, entries * keyBytes), values: copyOf(values, entries * valueBytes) }
  new Uint8Array(keys.buffer, keys.byteOffset, entries * keyBytes).fill(0)
  new Uint8Array(values.buffer, values.byteOffset, entries * valueBytes).fill(0)
  length[0] = 0
  return taken
}

function copyOf(view: DataView, bytes: number): Uint8Array {
  return Uint8Array.from(new Uint8Array(view.buffer, view.byteOffset, bytes))
}
