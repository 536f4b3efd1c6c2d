/** Rows as plain objects, for tests: how to make any, write them into a sink, and read them back from a batch. */
import fc from 'fast-check'
import { type Batch, bytesOf, fieldInt, type SlotGap } from '../src/batch.ts'
import { BatchEncoder } from '../src/batch-encode.ts'
import { CONN_BYTES } from '../src/connection.ts'
import { EVENTS, type FieldSpec } from '../src/events.ts'
import { worstStreams } from '../src/gaps.ts'
import { showBytes } from '../src/shown-text.ts'
import type { RowSink } from '../src/sink.ts'
import { RATE_ALL } from '../src/words.ts'

export type FieldValue = number | Uint8Array

export interface Row {
  type: number
  slot: number
  cpu: number
  level: number
  seq: number
  timeNs: number
  rate: number
  version: number
  pid: number
  tid: number
  uid: number
  flags: number
  comm: Uint8Array
  /** Numbers, raw bytes of text, 40 bytes of a connection. */
  fields: FieldValue[]
  bytes: Uint8Array
}

const NONE = new Uint8Array(0)

export const WINDOW = {
  ...{ fromNs: 1e9, toNs: 1.016e9, matched: 7, thinned: 2 },
  ...{ recordBytes: 1048, late: 3, lateNs: 2.5e6 },
}

/** A plain row to start from: a system call of a process named "sh". */
export function rowOf(changes: Partial<Row> = {}): Row {
  const type = changes.type ?? EVENTS.syscall.number
  const event = Object.values(EVENTS).find((event) => event.number === type)
  return {
    type,
    slot: 2,
    cpu: 0,
    level: 0,
    seq: 1,
    timeNs: 1e9,
    rate: RATE_ALL,
    version: 1,
    pid: 10,
    tid: 11,
    uid: 1000,
    flags: 0,
    comm: ascii('sh'),
    fields: (event?.fields ?? []).map(emptyValue),
    bytes: NONE,
    ...changes,
  }
}

function emptyValue(field: FieldSpec): FieldValue {
  return field.kind === 'int' ? 0 : field.kind === 'text' ? NONE : connOf({})
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

interface Conn {
  local: number[]
  remote: number[]
  localPort: number
  remotePort: number
  family: number
  protocol: number
  direction: number
  tcpFlags: number
}

/** rs_conn: 40 bytes. */
export function connOf(conn: Partial<Conn>): Uint8Array {
  const bytes = new Uint8Array(CONN_BYTES)
  bytes.set(conn.local ?? [127, 0, 0, 1], 0)
  bytes.set(conn.remote ?? [127, 0, 0, 1], 16)
  const view = new DataView(bytes.buffer)
  view.setUint16(32, conn.localPort ?? 0, true)
  view.setUint16(34, conn.remotePort ?? 0, true)
  bytes[36] = conn.family ?? 4
  bytes[37] = conn.protocol ?? 6
  bytes[38] = conn.direction ?? 0
  bytes[39] = conn.tcpFlags ?? 0
  return bytes
}

export function write(sink: RowSink, row: Row, withBytes = false): void {
  const event = Object.values(EVENTS).find((event) => event.number === row.type)
  sink.row(row.type, row.slot, row.cpu, row.level, row.seq, row.timeNs, row.rate, row.version)
  if (event?.hasTask) sink.task(row.pid, row.tid, row.uid, row.flags, row.comm, 0, row.comm.length)
  row.fields.forEach((value, index) => {
    if (typeof value === 'number') sink.int(value)
    else if (event?.fields[index]?.kind === 'conn') sink.conn(value, 0)
    else sink.text(value, 0, value.length)
  })
  if (withBytes) sink.bytes(row.bytes, 0, row.bytes.length)
  sink.end()
}

export function encode(rows: readonly Row[], withBytes = false): ArrayBuffer {
  const encoder = new BatchEncoder()
  for (const row of rows) write(encoder, row, withBytes)
  return encoder.finish(WINDOW)
}

/** What a row looks like once text is made safe, in the form that both sides can be brought to. */
export interface ShownRow extends Omit<Row, 'comm' | 'fields' | 'bytes'> {
  comm: string
  fields: (number | string)[]
  bytes: number[] | null
}

export function shownRow(row: Row, withBytes: boolean): ShownRow {
  const event = Object.values(EVENTS).find((event) => event.number === row.type)
  const hasTask = event?.hasTask === true
  return {
    ...row,
    pid: hasTask ? row.pid : 0,
    tid: hasTask ? row.tid : 0,
    uid: hasTask ? row.uid : 0,
    flags: hasTask ? row.flags : 0,
    comm: hasTask ? showBytes(row.comm, 0, row.comm.length) : '',
    fields: row.fields.map((value, index) =>
      typeof value === 'number'
        ? value
        : event?.fields[index]?.kind === 'conn'
          ? Array.from(value).join(' ')
          : showBytes(value, 0, value.length),
    ),
    bytes: withBytes ? Array.from(row.bytes) : null,
  }
}

export function readRow(batch: Batch, row: number): ShownRow {
  const event = Object.values(EVENTS).find((event) => event.number === batch.type[row])
  const bytes = bytesOf(batch, row)
  return {
    type: batch.type[row] as number,
    slot: batch.slot[row] as number,
    cpu: batch.cpu[row] as number,
    level: batch.level[row] as number,
    seq: batch.seq[row] as number,
    timeNs: batch.timeNs[row] as number,
    rate: batch.rate[row] as number,
    version: batch.version[row] as number,
    pid: batch.pid[row] as number,
    tid: batch.tid[row] as number,
    uid: batch.uid[row] as number,
    flags: batch.flags[row] as number,
    comm: batch.strings[batch.comm[row] as number] as string,
    fields: (event?.fields ?? []).map((field, index) => {
      const value = fieldInt(batch, row, index)
      if (field.kind === 'int') return value
      if (field.kind === 'text') return batch.strings[value] as string
      return Array.from(batch.connections.subarray(value * CONN_BYTES, (value + 1) * CONN_BYTES)).join(' ')
    }),
    bytes: bytes === null ? null : Array.from(bytes),
  }
}

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const someBytes = fc.uint8Array({ maxLength: 24 })
const anyInt = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 2 ** 31, -(2 ** 31), 2 ** 32, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER),
)
/** Nothing beyond the first four bytes of an IPv4 address, as the contract has it. */
const anyConn = fc
  .record({
    local: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    remote: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    localPort: fc.nat(65535),
    remotePort: fc.nat(65535),
    family: fc.constantFrom(0, 4, 6),
    protocol: fc.nat(255),
    direction: fc.nat(1),
    tcpFlags: fc.nat(255),
  })
  .map((conn) => {
    const width = conn.family === 4 ? 4 : 16
    const cut = { local: Array.from(conn.local.slice(0, width)), remote: Array.from(conn.remote.slice(0, width)) }
    return connOf({ ...conn, ...cut })
  })

function anyValue(field: FieldSpec): fc.Arbitrary<FieldValue> {
  if (field.kind === 'conn') return anyConn
  if (field.kind === 'text') return someBytes
  return field.coding === 'delta' ? fc.maxSafeInteger().map(Math.abs) : anyInt
}

export const anyRow: fc.Arbitrary<Row> = fc.constantFrom(...Object.values(EVENTS)).chain((event) =>
  fc.record({
    type: fc.constant(event.number),
    slot: fc.nat(15),
    cpu: fc.oneof(fc.nat(3), fc.nat(65535)),
    level: fc.nat(3),
    seq: fc.oneof(fc.nat(50), fc.maxSafeInteger().map(Math.abs)),
    timeNs: fc.oneof(fc.nat(1_000_000), fc.maxSafeInteger().map(Math.abs)),
    rate: fc.oneof(fc.constant(RATE_ALL), u32),
    version: fc.integer({ min: 1, max: 15 }),
    pid: fc.oneof(fc.nat(5), u32),
    tid: fc.oneof(fc.nat(5), u32),
    uid: fc.oneof(fc.nat(2), u32),
    flags: fc.oneof(fc.nat(7), u32),
    comm: fc.oneof(fc.constantFrom(ascii('sh'), ascii('node')), fc.uint8Array({ maxLength: 15 })),
    fields: fc.tuple(...event.fields.map(anyValue)),
    bytes: fc.uint8Array({ maxLength: 40 }),
  }),
)

/** Few enough for ten thousand batches. */
export const fewRows = fc.array(anyRow, { maxLength: 4 })

/** A batch of ordinary rows, of any type. */
export const anyRows = fc.array(anyRow, { maxLength: 40 })

const anyStream = fc
  .record({ cpu: fc.oneof(fc.nat(3), fc.nat(65_535)), level: fc.nat(3), from: fc.nat(), span: fc.nat(1e9) })
  .chain((stream) =>
    fc.nat(stream.span).map((lost) => ({
      ...{ cpu: stream.cpu, level: stream.level, from: stream.from },
      ...{ to: stream.from + stream.span, lost: lost + 1 },
    })),
  )

/** A gap as ingest makes it: the streams that lost most, most first, no stream twice. */
export const anyGap: fc.Arbitrary<SlotGap> = fc.record({
  slot: fc.oneof(fc.nat(1), fc.nat(15)),
  lost: fc.nat(),
  holes: fc.nat(1000),
  fromNs: fc.nat(),
  toNs: fc.nat(),
  cpus: fc.uniqueArray(fc.nat(300), { maxLength: 4 }).map((cpus) => cpus.sort((a, b) => a - b)),
  streams: fc.uniqueArray(anyStream, { maxLength: 8, selector: ({ cpu, level }) => cpu * 4 + level }).map(worstStreams),
})
