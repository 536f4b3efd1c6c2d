/**
 * Other ways to put the same rows on a wire, for comparison: objects as JSON or MessagePack, and plain C structs as the
 * record contract (packages/bpf/include/abi.h) lays them out. Each is a sink with `finish`, and a decoder.
 */
import { Packr } from 'msgpackr'
import { CONN_BYTES, connectionAt, EVENT_BY_NUMBER, formatEndpoint, SLOT_NAMES } from '../dist/index.js'

/** Rows as objects: every value with its name, numbers as numbers. */
class ObjectSink {
  rows = []

  row(type, slot, cpu, level, seq, timeNs, rate) {
    const event = EVENT_BY_NUMBER[type]
    this.current = { timeNs, type: event.type, slot: SLOT_NAMES[slot], cpu, level, seq, rate }
    this.fields = event.fields
    this.field = 0
  }

  task(pid, tid, uid, flags, u8, at, length) {
    Object.assign(this.current, { pid, tid, uid, flags, comm: latin1(u8, at, length) })
  }

  int(value) {
    this.current[this.fields[this.field++].name] = value
  }

  text(u8, at, length) {
    this.current[this.fields[this.field++].name] = latin1(u8, at, length)
  }

  conn(u8, at) {
    this.field++
    const { protocol, direction, tcpFlags, ...ends } = connectionAt(u8, at)
    const source = formatEndpoint(ends.localAddress, ends.localPort)
    const destination = formatEndpoint(ends.remoteAddress, ends.remotePort)
    Object.assign(this.current, { protocol, direction, tcpFlags, source, destination })
  }

  end() {
    this.rows.push(this.current)
  }

  take() {
    const rows = this.rows
    this.rows = []
    return rows
  }
}

/** Bytes before the fields, and how many bytes each takes, by type: the alignment of C included. */
const HEADER_BYTES = 32
const TASK_BYTES = 32
const LAYOUTS = {
  syscall: { ints: [8, 4], size: 16 },
  open: { ints: [8, 4, 4, 4, 2], pathLengthAt: 22, size: 24 },
  packet: { ints: [4, 4, 2], size: 16 },
}

/** Structs one behind the other, each aligned to 8. `connBytes` 16: the aligned IPv4 tuple instead of the contract's 40. */
class StructSink {
  constructor(connBytes) {
    this.connBytes = connBytes
    this.u8 = new Uint8Array(4 * 1024 * 1024)
    this.view = new DataView(this.u8.buffer)
    this.at = 0
  }

  row(type, slot, cpu, level, seq, timeNs, rate, version) {
    const { view, at } = this
    view.setUint16(at, version, true)
    view.setUint16(at + 2, type, true)
    view.setUint16(at + 8, cpu, true)
    this.u8[at + 10] = level
    this.u8[at + 11] = slot
    view.setUint32(at + 12, rate, true)
    setUint64(view, at + 16, seq)
    setUint64(view, at + 24, timeNs)
    this.layout = LAYOUTS[EVENT_BY_NUMBER[type].type]
    this.start = at
    this.fieldsAt = at + HEADER_BYTES
    this.field = 0
  }

  task(pid, tid, uid, flags, u8, commAt, length) {
    const { view, fieldsAt: at } = this
    view.setUint32(at, pid, true)
    view.setUint32(at + 4, tid, true)
    view.setUint32(at + 8, uid, true)
    view.setUint32(at + 12, flags, true)
    this.u8.fill(0, at + 16, at + 32)
    for (let i = 0; i < length; i++) this.u8[at + 16 + i] = u8[commAt + i]
    this.fieldsAt += TASK_BYTES
    this.to = this.fieldsAt
    this.tail = this.fieldsAt + this.layout.size
  }

  conn(u8, at) {
    const to = this.fieldsAt
    if (this.connBytes === CONN_BYTES) for (let i = 0; i < CONN_BYTES; i++) this.u8[to + i] = u8[at + i]
    else {
      for (let i = 0; i < 4; i++) {
        this.u8[to + i] = u8[at + i]
        this.u8[to + 4 + i] = u8[at + 16 + i]
        this.u8[to + 8 + i] = u8[at + 32 + i]
        this.u8[to + 12 + i] = u8[at + 36 + i]
      }
    }
    this.fieldsAt += this.connBytes
    this.to = this.fieldsAt
    this.tail = this.fieldsAt + this.layout.size
  }

  int(value) {
    const width = this.layout.ints[this.field++]
    if (width === 8) setUint64(this.view, this.to, value)
    else if (width === 4) this.view.setInt32(this.to, value, true)
    else this.view.setUint16(this.to, value, true)
    this.to += width
  }

  text(u8, at, length) {
    this.view.setUint16(this.fieldsAt + this.layout.pathLengthAt, length, true)
    for (let i = 0; i < length; i++) this.u8[this.tail + i] = u8[at + i]
    this.tail += length
  }

  end() {
    const size = this.tail - this.start
    this.view.setUint32(this.start + 4, size, true)
    this.at = this.start + ((size + 7) & ~7)
  }

  take() {
    const bytes = this.u8.slice(0, this.at)
    this.at = 0
    return bytes
  }
}

/** A struct has to be read before it can be used: header, process with its name, path or connection. */
function readStructs(bytes, connBytes) {
  const view = new DataView(bytes.buffer)
  const rows = []
  for (let at = 0; at < bytes.length; at += (view.getUint32(at + 4, true) + 7) & ~7) {
    const { type, hasTask } = EVENT_BY_NUMBER[view.getUint16(at + 2, true)]
    const layout = LAYOUTS[type]
    const row = { type, slot: bytes[at + 11], cpu: view.getUint16(at + 8, true), level: bytes[at + 10] }
    row.seq = getInt64(view, at + 16)
    row.timeNs = getInt64(view, at + 24)
    let to = at + HEADER_BYTES
    if (hasTask) {
      row.pid = view.getUint32(to, true)
      row.tid = view.getUint32(to + 4, true)
      row.uid = view.getUint32(to + 8, true)
      let end = to + 16
      while (bytes[end] !== 0) end++
      row.comm = latin1(bytes, to + 16, end - to - 16)
      to += TASK_BYTES
    } else {
      row.conn = bytes.subarray(to, to + connBytes)
      to += connBytes
    }
    if (layout.pathLengthAt !== undefined) {
      row.path = latin1(bytes, to + layout.size, view.getUint16(to + layout.pathLengthAt, true))
    }
    row.ints = []
    for (const width of layout.ints) {
      row.ints.push(width === 8 ? getInt64(view, to) : width === 4 ? view.getInt32(to, true) : view.getUint16(to, true))
      to += width
    }
    rows.push(row)
  }
  return rows
}

function structs(connBytes) {
  const sink = new StructSink(connBytes)
  return {
    sink,
    finish: () => sink.take(),
    bytes: (made) => made.length,
    decode: (made) => readStructs(made, connBytes).length,
  }
}

function json() {
  const sink = new ObjectSink()
  return {
    sink,
    finish: () => JSON.stringify(sink.take()),
    bytes: (text) => Buffer.byteLength(text),
    decode: (text) => JSON.parse(text).length,
  }
}

function messagePack() {
  const packr = new Packr({ useRecords: true })
  const sink = new ObjectSink()
  return {
    sink,
    finish: () => packr.pack(sink.take()),
    bytes: (bytes) => bytes.length,
    decode: (bytes) => packr.unpack(bytes).length,
  }
}

/** By name. `packets`: only where there are connections. */
export const encodings = [
  { name: 'JSON', make: json },
  { name: 'msgpackr, records', make: messagePack },
  { name: 'structs of the record contract', make: () => structs(CONN_BYTES) },
  { name: 'structs, IPv4 tuple of 16 bytes', make: () => structs(16), packets: true },
]

/** Values of two's complement that a double holds. */
function setUint64(view, at, value) {
  view.setUint32(at, value >>> 0, true)
  view.setInt32(at + 4, Math.floor(value / 2 ** 32), true)
}

function getInt64(view, at) {
  return view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true)
}

function latin1(u8, at, length) {
  return Buffer.from(u8.buffer, u8.byteOffset + at, length).latin1Slice()
}
