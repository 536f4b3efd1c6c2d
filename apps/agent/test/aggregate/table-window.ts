/** What the kernel would have counted of a list of events: a TableWindow, made the plain way, for tests. */
import { ABI, LIMITS } from '../../src/source/abi.ts'
import { cellsOf, keyDigest } from '../../src/source/sketch-cell.ts'
import type { TableWindow } from '../../src/source/source.ts'

const { rs_conn, rs_conn_sum, rs_window_key, rs_window_sum, rs_heavy_key, rs_heavy } = ABI.structs

export interface Flow {
  /** Last byte of the far address, and its port. */
  peer: number
  port: number
  packets: number
  bytes: number
  firstNs: number
  lastNs: number
}

export interface WindowSum {
  window: number
  type: number
  level?: number
  events: number
  bytes: number
}

export interface CountedKey {
  kind: number
  tag: number
  /** Of an address, network byte order. */
  address?: readonly number[]
  comm?: string
  count: number
  /** It stayed too small a share to be told as a candidate. */
  untold?: boolean
}

export const SEEDS = Uint32Array.of(
  0x9e3779b9,
  0x7f4a7c15,
  0x85ebca6b,
  0xc2b2ae35,
  7,
  0x27d4eb2f,
  0x165667b1,
  0xd3a2646c,
)

export interface WindowShape {
  fromNs?: number
  toNs?: number
  flows?: readonly Flow[]
  sums?: readonly WindowSum[]
  keys?: readonly CountedKey[]
  seeds?: Uint32Array
  bytesRead?: number
}

export function tableWindow(shape: WindowShape): TableWindow {
  const { fromNs = 0, toNs = 1e9, flows = [], sums = [], keys = [], seeds = SEEDS, bytesRead = 0 } = shape
  const told = keys.filter(({ untold }) => untold !== true)
  return {
    from: wordsOf(fromNs),
    to: wordsOf(toNs),
    connections: {
      keys: structs(flows, rs_conn.bytes, connKey),
      sums: structs(flows, rs_conn_sum.bytes, (view, at, flow) => {
        const { packets, bytes, first, last } = rs_conn_sum.members
        put64(view, at + packets, flow.packets)
        put64(view, at + bytes, flow.bytes)
        put64(view, at + first, flow.firstNs)
        put64(view, at + last, flow.lastNs)
      }),
    },
    windows: {
      keys: structs(sums, rs_window_key.bytes, (view, at, { window, type, level = 0 }) => {
        put64(view, at + rs_window_key.members.window, window)
        view.setUint32(at + rs_window_key.members.type, type, true)
        view.setUint32(at + rs_window_key.members.level, level, true)
      }),
      sums: structs(sums, rs_window_sum.bytes, (view, at, { events, bytes }) => {
        put64(view, at + rs_window_sum.members.events, events)
        put64(view, at + rs_window_sum.members.bytes, bytes)
      }),
    },
    heavy: {
      keys: structs(told, rs_heavy_key.bytes, heavyKey),
      names: structs(told, rs_heavy.bytes, (view, at, { comm = '' }) => {
        for (let i = 0; i < comm.length; i += 1) view.setUint8(at + i, comm.charCodeAt(i))
      }),
    },
    totals: totalsOf(keys),
    cells: cellsCounted(keys, seeds),
    seeds,
    bytesRead,
  }
}

export function heavyKey(view: DataView, at: number, { kind, tag, address = [] }: CountedKey): void {
  view.setUint32(at + rs_heavy_key.members.kind, kind, true)
  view.setUint32(at + rs_heavy_key.members.tag, tag, true)
  for (const [i, byte] of address.entries()) view.setUint8(at + rs_heavy_key.members.bytes + i, byte)
}

function connKey(view: DataView, at: number, { peer, port }: Flow): void {
  const { saddr, daddr, sport, dport, family, protocol } = rs_conn.members
  for (const [i, byte] of [10, 0, 0, 1].entries()) view.setUint8(at + saddr + i, byte)
  for (const [i, byte] of [10, 0, 0, peer].entries()) view.setUint8(at + daddr + i, byte)
  view.setUint16(at + sport, 443, true)
  view.setUint16(at + dport, port, true)
  view.setUint8(at + family, 4)
  view.setUint8(at + protocol, 6)
}

function totalsOf(keys: readonly CountedKey[]): Float64Array {
  const totals = new Float64Array(LIMITS.kinds)
  for (const { kind, count } of keys) totals[kind] = (totals[kind] as number) + count
  return totals
}

function cellsCounted(keys: readonly CountedKey[], seeds: Uint32Array): Float64Array {
  const cells = new Float64Array(LIMITS.kinds * LIMITS.sketchRows * LIMITS.sketchCells)
  const view = new DataView(new ArrayBuffer(rs_heavy_key.bytes))
  for (const key of keys) {
    for (let word = 0; word < rs_heavy_key.bytes; word += 4) view.setUint32(word, 0)
    heavyKey(view, 0, key)
    for (const [row, cell] of cellsOf(keyDigest(view, 0), seeds).entries()) {
      const at = (key.kind * LIMITS.sketchRows + row) * LIMITS.sketchCells + cell
      cells[at] = (cells[at] as number) + key.count
    }
  }
  return cells
}

function structs<Item>(
  items: readonly Item[],
  bytes: number,
  fill: (view: DataView, at: number, item: Item) => void,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(items.length * bytes))
  for (const [index, item] of items.entries()) fill(view, index * bytes, item)
  return new Uint8Array(view.buffer)
}

function put64(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true)
}

function wordsOf(ns: number): { hi: number; lo: number } {
  return { hi: Math.floor(ns / 2 ** 32), lo: ns % 2 ** 32 }
}
