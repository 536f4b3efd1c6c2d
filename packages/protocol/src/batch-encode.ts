/** Encodes rows into one binary frame: columns that grow while rows arrive, no object per row. SPEC.md [FR], [COL]. */
import type { BatchMeta, SlotGap } from './batch.ts'
import { ByteWriter, VARINT_MAX_BYTES } from './bytes.ts'
import { PACKED_CONN_MAX_BYTES, packConn } from './connection.ts'
import { EVENT_BY_NUMBER } from './events.ts'
import {
  COLUMN,
  ENCODING,
  FRAME_MAGIC,
  FRAME_TARGET_BYTES,
  FRAME_VERSION,
  fieldColumnId,
  MAX_ROWS,
  PREFIX,
  PREFIX_BYTES,
} from './frame.ts'
import { writeGap } from './gaps.ts'
import { IntColumn, writeColumn } from './int-column.ts'
import { Interner } from './interner.ts'
import { KindDictionary, packKind, TaskDictionary } from './row-dictionaries.ts'
import type { RowSink } from './sink.ts'

/** How often `full` measures the columns. */
const SIZE_CHECK_ROWS = 64
/** Most that an entry of a table takes beside bytes that are counted: kinds with their stream, tasks, lengths of strings. */
const KIND_MAX_BYTES = 10 + VARINT_MAX_BYTES
const TASK_MAX_BYTES = 25
/** A value of eight bytes, and its index where the column has a dictionary. */
const VALUE_MAX_BYTES = 11
const LENGTH_MAX_BYTES = 3
/** Prefix, headers of all columns, and the sizes that tables begin with. */
const OUTLINE_MAX_BYTES = 1024

/**
 * Use: any number of `gap` and rows (see RowSink), then `finish`, which gives the frame and empties the encoder.
 * One encoder is used again and again, since its buffers keep their size.
 */
export class BatchEncoder implements RowSink {
  rows = 0
  gaps = 0
  /** [FR6] The caller finishes the frame and goes on with the next. */
  full = false
  private readonly strings = new Interner()
  private readonly connections = new Interner()
  private readonly kinds = new KindDictionary()
  private readonly tasks = new TaskDictionary(this.strings)
  private readonly kind = new IntColumn('unsigned')
  private readonly time = new IntColumn('delta')
  private readonly seq = new IntColumn('plain')
  private readonly taskIndex = new IntColumn('unsigned')
  private readonly byteLength = new IntColumn('unsigned')
  private readonly rowColumns = [this.kind, this.time, this.seq, this.taskIndex, this.byteLength]
  private readonly byteBlob = new ByteWriter(4096)
  private readonly gapList = new ByteWriter()
  /** By type number, then by field. */
  private readonly columns: IntColumn[][] = EVENT_BY_NUMBER.map((event) =>
    (event?.fields ?? []).map((field) => new IntColumn(field.kind === 'int' ? field.coding : 'unsigned')),
  )
  private readonly packed = new Uint8Array(PACKED_CONN_MAX_BYTES)
  private readonly body = new ByteWriter(65_536)
  private readonly scratch = new ByteWriter(4096)
  /** What the columns take at most, when they were measured last. */
  private columnBytes = 0
  private current: IntColumn[] = []
  private field = 0

  reset(): void {
    this.rows = 0
    this.gaps = 0
    this.full = false
    this.columnBytes = 0
    this.strings.reset()
    this.connections.reset()
    this.kinds.reset()
    this.tasks.reset()
    for (const column of this.rowColumns) column.reset()
    for (const columns of this.columns) for (const column of columns) column.reset()
    this.byteBlob.reset()
    this.gapList.reset()
  }

  row(
    type: number,
    slot: number,
    cpu: number,
    level: number,
    seq: number,
    timeNs: number,
    rate: number,
    version: number,
  ): void {
    const event = EVENT_BY_NUMBER[type]
    if (event === undefined) throw new RangeError(`event type ${type} is not in the vocabulary`)
    const kind = this.kinds.indexOf(packKind(type, slot, cpu, level, event.hasTask, version), rate, seq)
    this.kind.push(kind)
    this.seq.push(this.kinds.advance(kind, seq))
    this.time.push(timeNs)
    this.current = this.columns[type] as IntColumn[]
    this.field = 0
  }

  task(pid: number, tid: number, uid: number, flags: number, u8: Uint8Array, commAt: number, commLength: number): void {
    this.taskIndex.push(this.tasks.indexOf(pid, tid, uid, flags, u8, commAt, commLength))
  }

  int(value: number): void {
    this.next().push(value)
  }

  text(u8: Uint8Array, at: number, length: number): void {
    this.next().push(this.strings.intern(u8, at, length))
  }

  conn(u8: Uint8Array, at: number): void {
    const length = packConn(u8, at, this.packed)
    this.next().push(this.connections.intern(this.packed, 0, length))
  }

  bytes(u8: Uint8Array, at: number, length: number): void {
    this.byteLength.push(length)
    this.byteBlob.raw(u8, at, length)
  }

  end(): void {
    if (this.field !== this.current.length) throw new RangeError('fewer fields than the event type has')
    this.rows++
    if (this.rows % SIZE_CHECK_ROWS === 0) this.measure()
    this.full = this.rows >= MAX_ROWS || this.columnBytes + this.blobBytes() >= FRAME_TARGET_BYTES
  }

  /** [GAP1] A gap that stands before the next row. */
  gap(gap: SlotGap): void {
    writeGap(this.gapList, this.rows, gap)
    this.gaps++
  }

  /** One frame with everything since the last reset, unstamped (see stampFrame); the encoder is empty afterwards. */
  finish(meta: BatchMeta): ArrayBuffer {
    const body = this.body
    body.reset()
    const columns = this.writeTables(body) + this.writeRows(body) + this.writeFields(body)
    const frame = new ArrayBuffer(PREFIX_BYTES + body.length)
    new Uint8Array(frame).set(body.u8.subarray(0, body.length), PREFIX_BYTES)
    const view = new DataView(frame)
    view.setUint32(PREFIX.magic, FRAME_MAGIC, true)
    view.setUint16(PREFIX.version, FRAME_VERSION, true)
    view.setFloat64(PREFIX.fromNs, meta.fromNs, true)
    view.setFloat64(PREFIX.toNs, meta.toNs, true)
    view.setUint32(PREFIX.matched, meta.matched, true)
    view.setUint32(PREFIX.thinned, meta.thinned, true)
    view.setFloat64(PREFIX.lateNs, meta.lateNs, true)
    view.setUint32(PREFIX.late, meta.late, true)
    view.setUint32(PREFIX.recordBytes, meta.recordBytes, true)
    view.setUint32(PREFIX.rows, this.rows, true)
    view.setUint32(PREFIX.columns, columns, true)
    this.reset()
    return frame
  }

  private next(): IntColumn {
    const column = this.current[this.field++]
    if (column === undefined) throw new RangeError('more fields than the event type has')
    return column
  }

  /** What columns and tables without bytes of their own take at most: from their counts, as long as that is enough. */
  private measure(): void {
    const tables = OUTLINE_MAX_BYTES + this.kinds.count * KIND_MAX_BYTES + this.tasks.count * TASK_MAX_BYTES
    this.columnBytes = tables + this.sum(countedBytes)
    if (this.columnBytes + this.blobBytes() >= FRAME_TARGET_BYTES) this.columnBytes = tables + this.sum(measuredBytes)
  }

  private sum(of: (column: IntColumn) => number): number {
    let bytes = 0
    for (const column of this.rowColumns) bytes += of(column)
    for (const columns of this.columns) for (const column of columns) if (column.count > 0) bytes += of(column)
    return bytes
  }

  private blobBytes(): number {
    const strings = this.strings.bytes + this.strings.count * LENGTH_MAX_BYTES
    return strings + this.connections.bytes + this.byteBlob.length + this.gapList.length
  }

  private writeTables(body: ByteWriter): number {
    let written = 0
    const table = (id: number, entries: number, fill: (out: ByteWriter) => void): void => {
      if (entries === 0) return
      this.scratch.reset()
      fill(this.scratch)
      written += writeColumn(body, id, ENCODING.table, this.scratch)
    }
    table(COLUMN.strings, this.strings.count - 1, (out) => {
      out.uint(this.strings.count - 1)
      this.strings.writeLengths(out)
      this.strings.writeBytes(out)
    })
    table(COLUMN.connections, this.connections.count - 1, (out) => {
      out.uint(this.connections.count - 1)
      this.connections.writeBytes(out)
    })
    table(COLUMN.kinds, this.kinds.count, (out) => this.kinds.writeKinds(out))
    table(COLUMN.streams, this.kinds.count, (out) => this.kinds.writeStreams(out))
    table(COLUMN.tasks, this.tasks.count, (out) => this.tasks.write(out))
    table(COLUMN.gaps, this.gaps, (out) => {
      out.uint(this.gaps)
      out.raw(this.gapList.u8, 0, this.gapList.length)
    })
    return written
  }

  private writeRows(body: ByteWriter): number {
    let written = 0
    written += this.kind.write(COLUMN.kind, body, this.scratch)
    written += this.time.write(COLUMN.time, body, this.scratch)
    written += this.seq.write(COLUMN.seq, body, this.scratch)
    written += this.taskIndex.write(COLUMN.task, body, this.scratch)
    written += this.byteLength.write(COLUMN.byteLength, body, this.scratch)
    if (this.byteLength.count > 0) written += writeColumn(body, COLUMN.bytes, ENCODING.table, this.byteBlob)
    return written
  }

  private writeFields(body: ByteWriter): number {
    let written = 0
    for (let type = 0; type < this.columns.length; type++) {
      const columns = this.columns[type] as IntColumn[]
      for (let field = 0; field < columns.length; field++) {
        written += (columns[field] as IntColumn).write(fieldColumnId(type, field), body, this.scratch)
      }
    }
    return written
  }
}

function countedBytes(column: IntColumn): number {
  return column.count * VALUE_MAX_BYTES
}

function measuredBytes(column: IntColumn): number {
  return column.maxBytes()
}
