/**
 * Connection tuples: packed on the wire (SPEC.md [CONN]), unpacked to the record contract's 40 bytes (rs_conn:
 * addresses 0 and 16, ports 32 and 34 little-endian, family 36, protocol 37, direction 38, TCP flags 39).
 */
import type { Batch } from './batch.ts'
import { fieldInt } from './batch.ts'
import type { ByteReader } from './bytes.ts'
import { formatAddress } from './format.ts'

export const CONN_BYTES = 40
/** Largest packed tuple: IPv6 with a protocol that has no code. */
export const PACKED_CONN_MAX_BYTES = 39

/** IP protocol number by 4-bit code. A protocol that has none travels as code 15 and a byte of its own. */
const PROTOCOL_BY_CODE = [0, 1, 2, 4, 6, 17, 33, 41, 47, 50, 51, 58, 89, 132, 136] as const
const CODE_OTHER = 15
const CODE_BY_PROTOCOL = Uint8Array.from({ length: 256 }, (_, protocol) => {
  const code = (PROTOCOL_BY_CODE as readonly number[]).indexOf(protocol)
  return code < 0 ? CODE_OTHER : code
})

const FAMILY_4 = 0
const FAMILY_6 = 1
const FAMILY_OTHER = 2

/** Packs rs_conn at `at` into `out` and returns the packed length: 14 for IPv4, 38 for IPv6, one more without a code. */
export function packConn(u8: Uint8Array, at: number, out: Uint8Array): number {
  const family = u8[at + 36]
  const protocol = u8[at + 37] as number
  const code = CODE_BY_PROTOCOL[protocol] as number
  const familyBits = family === 4 ? FAMILY_4 : family === 6 ? FAMILY_6 : FAMILY_OTHER
  out[0] = (code << 4) | (familyBits << 2) | ((u8[at + 38] as number) & 1)
  out[1] = u8[at + 39] as number
  for (let i = 0; i < 4; i++) out[2 + i] = u8[at + 32 + i] as number
  const width = familyBits === FAMILY_4 ? 4 : 16
  for (let i = 0; i < width; i++) {
    out[6 + i] = u8[at + i] as number
    out[6 + width + i] = u8[at + 16 + i] as number
  }
  const length = 6 + 2 * width
  if (code !== CODE_OTHER) return length
  out[length] = protocol
  return length + 1
}

/** Reads one packed tuple into the 40 bytes at `at` of `out`, which are zero before. A bad family fails the reader. */
export function unpackConn(reader: ByteReader, out: Uint8Array, at: number): void {
  const bits = reader.byte()
  const code = bits >> 4
  const familyBits = (bits >> 2) & 3
  const tcpFlags = reader.byte()
  const width = familyBits === FAMILY_4 ? 4 : 16
  if (familyBits > FAMILY_OTHER) reader.fail()
  for (let i = 0; i < 4; i++) out[at + 32 + i] = reader.byte()
  for (let i = 0; i < width; i++) out[at + i] = reader.byte()
  for (let i = 0; i < width; i++) out[at + 16 + i] = reader.byte()
  out[at + 36] = familyBits === FAMILY_4 ? 4 : familyBits === FAMILY_6 ? 6 : 0
  out[at + 37] = code === CODE_OTHER ? reader.byte() : (PROTOCOL_BY_CODE[code] as number)
  out[at + 38] = bits & 1
  out[at + 39] = tcpFlags
}

/** A connection as seen from one host. `local` is a packet's source, `remote` its destination. */
export interface Connection {
  /** 4, 6, or 0 when the record does not say. */
  family: number
  protocol: number
  direction: 'in' | 'out'
  tcpFlags: number
  localAddress: string
  localPort: number
  remoteAddress: string
  remotePort: number
}

/** @param u8 holds rs_conn at `at` */
export function connectionAt(u8: Uint8Array, at: number): Connection {
  const family = u8[at + 36] ?? 0
  return {
    family,
    protocol: u8[at + 37] ?? 0,
    direction: u8[at + 38] === 1 ? 'in' : 'out',
    tcpFlags: u8[at + 39] ?? 0,
    localAddress: formatAddress(u8, at, family),
    localPort: (u8[at + 32] ?? 0) | ((u8[at + 33] ?? 0) << 8),
    remoteAddress: formatAddress(u8, at + 16, family),
    remotePort: (u8[at + 34] ?? 0) | ((u8[at + 35] ?? 0) << 8),
  }
}

/** A connection field of a row. */
export function fieldConn(batch: Batch, row: number, index: number): Connection {
  return connectionAt(batch.connections, fieldInt(batch, row, index) * CONN_BYTES)
}
