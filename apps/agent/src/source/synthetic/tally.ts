/**
 * Counts events into the bank of tables that is in use, as the BPF programs do: connections, time windows, sketches and
 * the keys that come often. What a table has no room for is told to the caller, never silent.
 */
import { ABI, DIRECTION, KIND, LIMITS, TABLE } from '../abi.ts'
import type { MonotonicWords } from '../monotonic.ts'
import { cellsOf, keyDigest } from '../sketch-cell.ts'
import type { About, Address, Conn } from './about.ts'
import { writeConn, writeText } from './records.ts'
import type { BankTable, TableBank } from './table-bank.ts'

const { rs_conn_sum, rs_window_key, rs_window_sum, rs_heavy_key, rs_heavy } = ABI.structs
const SUM = rs_conn_sum.members
const KEY = rs_heavy_key.members
const WINDOW_NS = LIMITS.windowMs * 1e6
const FAMILY = 4

/** Entries of one table by their keys. */
class Entries {
  readonly values: DataView
  readonly #table: BankTable
  readonly #places = new Map<string, number>()

  constructor(table: BankTable) {
    this.#table = table
    this.values = table.values
  }

  clear(): void {
    this.#places.clear()
  }

  /** @returns where the key's value stands, and whether it is new; null: there is no room for it */
  find(key: string, write: (view: DataView, at: number) => void): { at: number; fresh: boolean } | null {
    const { capacity, keyBytes, valueBytes, keys, length } = this.#table
    const known = this.#places.get(key)
    if (known !== undefined) return { at: known * valueBytes, fresh: false }
    const place = length[0] as number
    if (place >= capacity) return null
    write(keys, place * keyBytes)
    length[0] = place + 1
    this.#places.set(key, place)
    return { at: place * valueBytes, fresh: true }
  }
}

interface Counter {
  bank: TableBank
  connections: Entries
  windows: Entries
  heavy: Entries
}

interface HeavyKey {
  kind: number
  tag: number
  address: Address | null
  name: string
}

/** Keys whose cells are remembered: to find them takes some microseconds. */
const REMEMBERED = 4096

export class Tally {
  readonly #counters: readonly [Counter, Counter]
  readonly #seeds: Uint32Array
  readonly #cells = new Map<string, readonly number[]>()
  readonly #scratch = new DataView(new ArrayBuffer(rs_heavy_key.bytes))
  readonly #untabled = new Uint32Array(Object.keys(TABLE).length)
  #counter: Counter

  /** Begins with the first bank. */
  constructor(banks: readonly [TableBank, TableBank], seeds: Uint32Array) {
    this.#counters = [counterOf(banks[0]), counterOf(banks[1])]
    this.#counter = this.#counters[0]
    this.#seeds = seeds
  }

  /** From now on into this bank; it may still hold what nobody has taken. */
  use(bank: number): void {
    this.#counter = this.#counters[bank & 1] as Counter
    if (!this.#counter.bank.empty) return
    this.#counter.connections.clear()
    this.#counter.windows.clear()
    this.#counter.heavy.clear()
  }

  /** @returns by table (enum rs_table): how many entries there was no room for; valid until the next call */
  count(about: About, time: MonotonicWords): Readonly<Uint32Array> {
    const { conn, segments } = about
    const full = this.#untabled
    full[TABLE.windows] = this.#window(about, time) ? 0 : 1
    full[TABLE.connections] = conn === null || segments === 0 || this.#connection(about, conn, time) ? 0 : 1
    full[TABLE.heavy] = heavyKeysOf(about).reduce((sum, key) => sum + (this.#heavy(key) ? 0 : 1), 0)
    return full
  }

  #window({ type, level, bytes }: About, { hi, lo }: MonotonicWords): boolean {
    const window = Math.floor((hi * 2 ** 32 + lo) / WINDOW_NS)
    const { windows } = this.#counter
    const entry = windows.find(`${window} ${type} ${level}`, (view, at) => {
      view.setBigUint64(at + rs_window_key.members.window, BigInt(window), true)
      view.setUint32(at + rs_window_key.members.type, type, true)
      view.setUint32(at + rs_window_key.members.level, level, true)
    })
    if (entry === null) return false
    add(windows.values, entry.at + rs_window_sum.members.events, 1)
    add(windows.values, entry.at + rs_window_sum.members.bytes, bytes)
    return true
  }

  #connection({ bytes, segments }: About, conn: Conn, { hi, lo }: MonotonicWords): boolean {
    const { connections } = this.#counter
    const { source, sourcePort, destination, destinationPort, direction } = conn
    const key = `${source.join('.')}:${sourcePort} ${destination.join('.')}:${destinationPort} ${direction}`
    const entry = connections.find(key, (view, at) => writeConn(view, at, conn, 0))
    if (entry === null) return false
    const { values } = connections
    add(values, entry.at + SUM.packets, segments)
    add(values, entry.at + SUM.bytes, bytes)
    for (const at of entry.fresh ? [SUM.first, SUM.last] : [SUM.last]) {
      values.setUint32(entry.at + at, lo, true)
      values.setUint32(entry.at + at + 4, hi, true)
    }
    return true
  }

  /** A key is kept when its estimate reaches a power of two and is no small share of the total. @returns whether there was room */
  #heavy(key: HeavyKey): boolean {
    const { bank, heavy } = this.#counter
    const id = `${key.kind} ${key.tag} ${key.address?.join('.') ?? ''}`
    let estimate = Number.POSITIVE_INFINITY
    const total = (bank.totals[key.kind] as bigint) + 1n
    bank.totals[key.kind] = total
    for (const [row, cell] of this.#cellsOf(id, key).entries()) {
      const at = (key.kind * LIMITS.sketchRows + row) * LIMITS.sketchCells + cell
      const count = (bank.cells[at] as number) + 1
      bank.cells[at] = count
      estimate = Math.min(estimate, count)
    }
    if ((estimate & (estimate - 1)) !== 0 || estimate * LIMITS.heavyShare < Number(total)) return true
    const entry = heavy.find(id, (view, at) => writeKey(view, at, key))
    if (entry?.fresh) writeText(heavy.values, entry.at + rs_heavy.members.comm, key.name, LIMITS.commBytes - 1)
    return entry !== null
  }

  #cellsOf(id: string, key: HeavyKey): readonly number[] {
    const known = this.#cells.get(id)
    if (known !== undefined) return known
    if (this.#cells.size >= REMEMBERED) this.#cells.clear()
    for (let at = 0; at < rs_heavy_key.bytes; at += 4) this.#scratch.setUint32(at, 0)
    writeKey(this.#scratch, 0, key)
    const cells = cellsOf(keyDigest(this.#scratch, 0), this.#seeds)
    this.#cells.set(id, cells)
    return cells
  }
}

function counterOf(bank: TableBank): Counter {
  const { connections, windows, heavy } = bank.tables
  return {
    bank,
    connections: new Entries(connections),
    windows: new Entries(windows),
    heavy: new Entries(heavy),
  }
}

function heavyKeysOf({ process, call, conn, segments }: About): HeavyKey[] {
  const keys: HeavyKey[] = []
  if (process !== null) keys.push({ kind: KIND.process, tag: process.pid, address: null, name: process.comm })
  if (call !== null) keys.push({ kind: KIND.syscall, tag: call, address: null, name: '' })
  if (conn !== null) keys.push({ kind: KIND.remote, tag: FAMILY, address: farEnd(conn, segments > 0), name: '' })
  return keys
}

/** Of a packet that comes in the source; else the destination. */
function farEnd({ source, destination, direction }: Conn, isPacket: boolean): Address {
  return isPacket && direction === DIRECTION.in ? source : destination
}

function writeKey(view: DataView, at: number, { kind, tag, address }: HeavyKey): void {
  view.setUint32(at + KEY.kind, kind, true)
  view.setUint32(at + KEY.tag, tag, true)
  for (const [byte, value] of (address ?? []).entries()) view.setUint8(at + KEY.bytes + byte, value)
}

/** To the 64-bit word at `at`. */
function add(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(value), true)
}
