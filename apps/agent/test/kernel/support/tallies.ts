/**
 * What tables hold, added up from two sides: from what was taken out of the kernel, and from the records of the same
 * events. Where every record has come, both are equal, to the last cell of the sketches.
 */
import { EVENT_TYPES } from '@ringside/protocol'
import { type Scanner, sizeOf, typeOf } from '../../../src/ingest/scan.ts'
import { ABI, DIRECTION, KIND, LIMITS, TASK_FLAGS } from '../../../src/source/abi.ts'
import { cellsOf, keyDigest } from '../../../src/source/sketch-cell.ts'
import type { TableWindow } from '../../../src/source/source.ts'

const { rs_header, rs_conn, rs_conn_sum, rs_window_key, rs_window_sum, rs_heavy_key, rs_task } = ABI.structs
const { rs_packet, rs_tcp, rs_syscall, rs_exec, rs_exec2, rs_open, rs_heavy } = ABI.structs
const { packet, tcp, syscall, exec, open, load, tick } = EVENT_TYPES
const CELLS = LIMITS.kinds * LIMITS.sketchRows * LIMITS.sketchCells
const WINDOW_NS = BigInt(LIMITS.windowMs) * 1_000_000n
const COMPAT_BIT = 2 ** 31

export interface ConnSum {
  packets: number
  bytes: number
  first: bigint
  last: bigint
}

export interface WindowSum {
  events: number
  bytes: number
}

/** Sums by readable keys, so that a difference shows what it is about. */
export class Tally {
  /** By the tuple as hexadecimal bytes. */
  readonly connections = new Map<string, ConnSum>()
  /** By type and window. */
  readonly windows = new Map<number, Map<number, WindowSum>>()
  readonly totals = new Float64Array(LIMITS.kinds)
  readonly cells = new Float64Array(CELLS)

  /** Packets and bytes alone: when, is told within a moment. */
  get traffic(): Map<string, { packets: number; bytes: number }> {
    return new Map([...this.connections].map(([key, { packets, bytes }]) => [key, { packets, bytes }]))
  }

  windowsOf(type: number): Map<number, WindowSum> {
    return this.windows.get(type) ?? new Map()
  }

  /** Of one type, over all windows. */
  eventsOf(type: number): number {
    return [...this.windowsOf(type).values()].reduce((sum, { events }) => sum + events, 0)
  }

  addConnection(key: string, sum: ConnSum): void {
    const known = this.connections.get(key)
    if (!known) {
      this.connections.set(key, sum)
      return
    }
    known.packets += sum.packets
    known.bytes += sum.bytes
    if (sum.first < known.first) known.first = sum.first
    if (sum.last > known.last) known.last = sum.last
  }

  addWindow(window: number, type: number, events: number, bytes: number): void {
    const windows = this.windowsOf(type)
    const known = windows.get(window) ?? { events: 0, bytes: 0 }
    windows.set(window, { events: known.events + events, bytes: known.bytes + bytes })
    this.windows.set(type, windows)
  }
}

/** Adds one taking to what was taken before. */
export class Taken extends Tally {
  /** Names by kind and tag. */
  readonly heavy = new Map<string, string>()
  takings = 0
  bytesRead = 0
  seeds: Uint32Array = new Uint32Array(0)
  #to: string | null = null

  add(taken: TableWindow): void {
    const from = wordsOf(taken.from)
    if (this.#to !== null && this.#to !== from) throw new Error(`a taking from ${from} after one to ${this.#to}`)
    this.#to = wordsOf(taken.to)
    this.takings += 1
    this.bytesRead += taken.bytesRead
    this.seeds = taken.seeds
    taken.totals.forEach((count, kind) => {
      this.totals[kind] = (this.totals[kind] as number) + count
    })
    taken.cells.forEach((count, cell) => {
      this.cells[cell] = (this.cells[cell] as number) + count
    })
    this.#addConnections(taken.connections)
    this.#addWindows(taken.windows)
    this.#addHeavy(taken.heavy)
  }

  /** How often a key came, at least; too high by others in all of its cells. */
  estimate(kind: number, tag: number, address = new Uint8Array(16)): number {
    return Math.min(...cellIndices(kind, tag, address, this.seeds).map((cell) => this.cells[cell] as number))
  }

  #addConnections({ keys, sums }: TableWindow['connections']): void {
    const view = viewOf(sums)
    for (let at = 0, sum = 0; at < keys.length; at += rs_conn.bytes, sum += rs_conn_sum.bytes) {
      const big = (member: keyof typeof rs_conn_sum.members) =>
        view.getBigUint64(sum + rs_conn_sum.members[member], true)
      this.addConnection(hex(keys.subarray(at, at + rs_conn.bytes)), {
        packets: Number(big('packets')),
        bytes: Number(big('bytes')),
        first: big('first'),
        last: big('last'),
      })
    }
  }

  #addWindows({ keys, sums }: TableWindow['windows']): void {
    const [key, sum] = [viewOf(keys), viewOf(sums)]
    const { window, type } = rs_window_key.members
    for (let index = 0; index < keys.length / rs_window_key.bytes; index += 1) {
      const at = index * rs_window_key.bytes
      const value = index * rs_window_sum.bytes
      const events = Number(sum.getBigUint64(value + rs_window_sum.members.events, true))
      const bytes = Number(sum.getBigUint64(value + rs_window_sum.members.bytes, true))
      this.addWindow(Number(key.getBigUint64(at + window, true)), key.getUint32(at + type, true), events, bytes)
    }
  }

  #addHeavy({ keys, names }: TableWindow['heavy']): void {
    const view = viewOf(keys)
    for (let index = 0; index < keys.length / rs_heavy_key.bytes; index += 1) {
      const at = index * rs_heavy_key.bytes
      const kind = view.getUint32(at + rs_heavy_key.members.kind, true)
      const tag = view.getUint32(at + rs_heavy_key.members.tag, true)
      const name = Buffer.from(names.subarray(index * rs_heavy.bytes, (index + 1) * rs_heavy.bytes)).toString('latin1')
      this.heavy.set(`${kind}/${tag}`, name.replace(/\0.*$/s, ''))
    }
  }
}

/** Adds up records, as the programs do their events. */
export class Told extends Tally {
  readonly #seeds: Uint32Array
  readonly #cellsOfKey = new Map<string, number[]>()

  /** @param seeds of the sketches that this is to be compared with */
  constructor(seeds: Uint32Array) {
    super()
    this.#seeds = seeds
  }

  /** The records of a chunk after its scan. */
  add(words: Uint32Array, good: number, scanner: Scanner): void {
    const view = new DataView(words.buffer)
    const bytes = new Uint8Array(words.buffer)
    for (let index = 0; index < good; index += 1) {
      const word = scanner.at[index] as number
      this.#addRecord(view, bytes, word * 4, typeOf(words, word), sizeOf(words, word))
    }
  }

  #addRecord(view: DataView, u8: Uint8Array, at: number, type: number, size: number): void {
    const time = view.getBigUint64(at + rs_header.members.time, true)
    this.addWindow(Number(time / WINDOW_NS), type, 1, countedBytes(view, at, type, size))
    if (type !== packet && type !== load && type !== tick) {
      const pid = view.getUint32(at + rs_syscall.members.task + rs_task.members.pid, true)
      if (pid !== 0) this.#addKey(KIND.process, pid)
    }
    if (type === syscall) {
      const flags = view.getUint32(at + rs_syscall.members.task + rs_task.members.flags, true)
      const nr = view.getUint32(at + rs_syscall.members.nr, true)
      this.#addKey(KIND.syscall, nr + (flags & TASK_FLAGS.compat ? COMPAT_BIT : 0))
    }
    if (type === tcp) this.#addRemote(view, u8, at + rs_tcp.members.conn, false)
    if (type !== packet) return
    const conn = at + rs_packet.members.conn
    this.#addRemote(view, u8, conn, view.getUint8(conn + rs_conn.members.direction) === DIRECTION.in)
    const key = u8.slice(conn, conn + rs_conn.bytes)
    key[rs_conn.members.tcp_flags] = 0
    this.addConnection(hex(key), {
      packets: view.getUint16(at + rs_packet.members.segments, true),
      bytes: view.getUint32(at + rs_packet.members.length, true),
      first: time,
      last: time,
    })
  }

  #addRemote(view: DataView, u8: Uint8Array, conn: number, isSource: boolean): void {
    const address = conn + (isSource ? rs_conn.members.saddr : rs_conn.members.daddr)
    this.#addKey(KIND.remote, view.getUint8(conn + rs_conn.members.family), u8.subarray(address, address + 16))
  }

  #addKey(kind: number, tag: number, address: Uint8Array = NOWHERE): void {
    this.totals[kind] = (this.totals[kind] as number) + 1
    const key = `${kind}/${tag}/${hex(address)}`
    let cells = this.#cellsOfKey.get(key)
    if (!cells) {
      cells = cellIndices(kind, tag, address, this.#seeds)
      this.#cellsOfKey.set(key, cells)
    }
    for (const cell of cells) this.cells[cell] = (this.cells[cell] as number) + 1
  }
}

const NOWHERE = new Uint8Array(16)

/** Of a packet its length, else of the record without its path. */
function countedBytes(view: DataView, at: number, type: number, size: number): number {
  if (type === packet) return view.getUint32(at + rs_packet.members.length, true)
  if (type === open) return rs_open.bytes
  if (type !== exec) return size
  return view.getUint16(at + rs_header.members.version, true) === 1 ? rs_exec.bytes : rs_exec2.bytes
}

function cellIndices(kind: number, tag: number, address: Uint8Array, seeds: Uint32Array): number[] {
  const key = new Uint8Array(rs_heavy_key.bytes)
  const view = viewOf(key)
  view.setUint32(rs_heavy_key.members.kind, kind, true)
  view.setUint32(rs_heavy_key.members.tag, tag, true)
  key.set(address, rs_heavy_key.members.bytes)
  const first = kind * LIMITS.sketchRows
  return cellsOf(keyDigest(view, 0), seeds).map((cell, row) => (first + row) * LIMITS.sketchCells + cell)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

function wordsOf({ hi, lo }: { hi: number; lo: number }): string {
  return `${hi}:${lo}`
}
