/**
 * The connections that the kernel counted, kept over its windows in bounded memory: the quietest are forgotten, and
 * counted. Pure; times are ns since a zero that is handed in.
 */
import { connectionAt, formatEndpoint, type Tables } from '@ringside/protocol'
import { ABI } from '../source/abi.ts'
import { nsSinceZero, u64, type Words } from './words.ts'

const { rs_conn, rs_conn_sum } = ABI.structs

export interface ConnectionFlow {
  packets: number
  bytes: number
  /** Bytes of the last window. */
  bytesNow: number
  /** ns since time zero. */
  firstNs: number
  lastNs: number
}

export interface KnownConnection extends ConnectionFlow {
  /** A struct rs_conn, as a latin-1 string. */
  key: string
}

export class Connections {
  /** Of all that was merged, the forgotten ones too. */
  packets = 0
  bytes = 0
  forgotten = 0
  readonly #capacity: number
  readonly #known = new Map<string, ConnectionFlow>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get known(): number {
    return this.#known.size
  }

  /** @param keys n × struct rs_conn @param sums n × struct rs_conn_sum, of one window */
  merge(keys: Uint8Array, sums: Uint8Array, zero: Words): void {
    for (const flow of this.#known.values()) flow.bytesNow = 0
    const raw = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength)
    const view = new DataView(sums.buffer, sums.byteOffset, sums.byteLength)
    for (let index = 0; index * rs_conn.bytes < raw.length; index += 1) {
      const key = raw.toString('latin1', index * rs_conn.bytes, (index + 1) * rs_conn.bytes)
      this.#add(key, view, index * rs_conn_sum.bytes, zero)
    }
    this.#forget()
  }

  /** The heaviest by bytes, first. */
  heaviest(rows: number): KnownConnection[] {
    return [...this.#known]
      .sort(([, a], [, b]) => b.bytes - a.bytes || b.packets - a.packets)
      .slice(0, rows)
      .map(([key, flow]) => ({ key, ...flow }))
  }

  #add(key: string, view: DataView, at: number, zero: Words): void {
    const { packets: packetsAt, bytes: bytesAt, first, last } = rs_conn_sum.members
    const packets = u64(view, at + packetsAt)
    const bytes = u64(view, at + bytesAt)
    const firstNs = nsSinceZero(view, at + first, zero)
    const lastNs = nsSinceZero(view, at + last, zero)
    this.packets += packets
    this.bytes += bytes
    const flow = this.#known.get(key)
    if (flow === undefined) {
      this.#known.set(key, { packets, bytes, bytesNow: bytes, firstNs, lastNs })
      return
    }
    flow.packets += packets
    flow.bytes += bytes
    flow.bytesNow += bytes
    flow.firstNs = Math.min(flow.firstNs, firstNs)
    flow.lastNs = Math.max(flow.lastNs, lastNs)
  }

  #forget(): void {
    const tooMany = this.#known.size - this.#capacity
    if (tooMany <= 0) return
    const quietest = [...this.#known].sort(([, a], [, b]) => a.lastNs - b.lastNs).slice(0, tooMany)
    for (const [key] of quietest) this.#known.delete(key)
    this.forgotten += tooMany
  }
}

/** @param timeZeroMs time zero on the wall, ms since the Unix epoch */
export function connectionRow(known: KnownConnection, timeZeroMs: number): Tables['connections']['rows'][number] {
  const { direction, protocol, localAddress, localPort, remoteAddress, remotePort } = connectionAt(
    Buffer.from(known.key, 'latin1'),
    0,
  )
  return {
    protocol,
    direction,
    source: formatEndpoint(localAddress, localPort),
    destination: formatEndpoint(remoteAddress, remotePort),
    packets: known.packets,
    bytes: known.bytes,
    bytesNow: known.bytesNow,
    firstMs: timeZeroMs + known.firstNs / 1e6,
    lastMs: timeZeroMs + known.lastNs / 1e6,
  }
}
