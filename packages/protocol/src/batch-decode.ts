/** Reads a frame: total on any bytes. It never throws, and allocates no more than MAX_ROWS and the frame's size allow. */
import type { Batch, DecodeFailure, FieldColumn, Gap, GapStream } from './batch.ts'
import { ByteReader } from './bytes.ts'
import { CONN_BYTES, unpackConn } from './connection.ts'
import { EVENT_BY_NUMBER } from './events.ts'
import { COLUMN, ENCODING, FRAME_MAGIC, FRAME_VERSION, fieldColumnId, MAX_ROWS, PREFIX, PREFIX_BYTES } from './frame.ts'
import { GAP_STREAMS } from './gaps.ts'
import { type ColumnRange, readColumn, readIndexes, readInts } from './read-column.ts'
import { KIND, streamOf } from './row-dictionaries.ts'
import { readStrings } from './strings.ts'
import { RATE_ALL } from './words.ts'

type Columns = (ColumnRange | undefined)[]

/** Smallest entry of a table on the wire, bytes: what bounds the number of entries before anything is allocated. */
const MIN_CONN_BYTES = 14
const MIN_KIND_BYTES = 2
const MIN_TASK_BYTES = 5
const MIN_GAP_BYTES = 8

export function decodeBatch(buffer: ArrayBuffer): Batch | DecodeFailure {
  if (buffer.byteLength < PREFIX_BYTES) return failure('short', `${buffer.byteLength} bytes are less than a prefix`)
  const view = new DataView(buffer)
  if (view.getUint32(PREFIX.magic, true) !== FRAME_MAGIC) return failure('magic', 'not a frame of this protocol')
  const version = view.getUint16(PREFIX.version, true)
  if (version !== FRAME_VERSION)
    return failure('version', `frame version ${version}, this reader knows ${FRAME_VERSION}`)
  const rows = view.getUint32(PREFIX.rows, true)
  if (rows > MAX_ROWS) return failure('too-large', `${rows} rows, at most ${MAX_ROWS} are allowed`)
  try {
    return readBatch(new Uint8Array(buffer), view, rows)
  } catch (error) {
    if (error instanceof BadColumn) return failure('column', error.message)
    throw error
  }
}

/** Thrown and caught within this file only. */
class BadColumn extends Error {}

function failure(code: DecodeFailure['code'], message: string): DecodeFailure {
  return { ok: false, code, message }
}

function readBatch(u8: Uint8Array, view: DataView, rows: number): Batch {
  const columns = findColumns(u8, view.getUint32(PREFIX.columns, true))
  const strings = stringTable(columns)
  const connections = connectionTable(columns)
  const batch: Batch = {
    ok: true,
    number: view.getUint32(PREFIX.number, true),
    subscription: view.getUint32(PREFIX.subscription, true),
    skipped: finite(view.getFloat64(PREFIX.skipped, true)),
    fromNs: finite(view.getFloat64(PREFIX.fromNs, true)),
    toNs: finite(view.getFloat64(PREFIX.toNs, true)),
    matched: view.getUint32(PREFIX.matched, true),
    thinned: view.getUint32(PREFIX.thinned, true),
    withheld: finite(view.getFloat64(PREFIX.withheld, true)),
    recordBytes: view.getUint32(PREFIX.recordBytes, true),
    late: view.getUint32(PREFIX.late, true),
    lateNs: finite(view.getFloat64(PREFIX.lateNs, true)),
    rows,
    timeNs: ints(columns, COLUMN.time, rows),
    type: new Uint8Array(rows),
    slot: new Uint8Array(rows),
    cpu: new Uint16Array(rows),
    level: new Uint8Array(rows),
    seq: ints(columns, COLUMN.seq, rows),
    rate: new Uint32Array(rows),
    version: new Uint8Array(rows),
    pid: new Uint32Array(rows),
    tid: new Uint32Array(rows),
    uid: new Uint32Array(rows),
    flags: new Uint32Array(rows),
    comm: new Uint32Array(rows),
    strings,
    connections,
    fields: EVENT_BY_NUMBER.map(() => null),
    fieldRow: new Uint32Array(rows),
    gaps: [...gapList(columns, COLUMN.earlierGaps, 0), ...gapList(columns, COLUMN.gaps, rows)],
    bytes: null,
    byteOffset: null,
  }
  const rowsOfType = expandKinds(columns, batch)
  readFields(columns, batch, rowsOfType)
  readBytes(u8, columns, batch)
  return batch
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}

/** [COL1] [COL5] Every column by id. Unknown ones are carried along and never looked at. */
function findColumns(u8: Uint8Array, count: number): Columns {
  const columns: Columns = new Array<ColumnRange | undefined>(256).fill(undefined)
  const reader = new ByteReader(u8, PREFIX_BYTES, u8.length)
  for (let i = 0; i < count; i++) {
    const id = reader.byte()
    const encoding = reader.byte()
    const length = reader.uint()
    if (reader.bad || length > reader.end - reader.at) throw new BadColumn(`column ${i} of ${count} is cut off`)
    if (columns[id] !== undefined) throw new BadColumn(`column ${id} stands twice`)
    columns[id] = { u8, encoding, at: reader.at, end: reader.at + length }
    reader.at += length
  }
  if (reader.at !== reader.end) throw new BadColumn('bytes after the last column')
  return columns
}

function ints(columns: Columns, id: number, count: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(count)
  fill(columns, id, count, (range) => readInts(range, count, out))
  return out
}

function indexes(columns: Columns, id: number, count: number, limit: number): Uint32Array {
  const out = new Uint32Array(count)
  fill(columns, id, count, (range) => readIndexes(range, count, limit, out))
  return out
}

function fill(columns: Columns, id: number, count: number, read: (range: ColumnRange) => boolean): void {
  const range = columns[id]
  if (range === undefined) {
    if (count > 0) throw new BadColumn(`column ${id} is missing`)
  } else if (!read(range)) throw new BadColumn(`column ${id} does not hold ${count} values`)
}

/** [COL3] A column of its own form. Another encoding would be another form, and reading it as this one a guess. */
function tableRange(columns: Columns, id: number): ColumnRange | undefined {
  const range = columns[id]
  if (range !== undefined && range.encoding !== ENCODING.table) throw new BadColumn(`column ${id} is not a table`)
  return range
}

/** Opens a table column: its reader, after the number of entries. */
function table(columns: Columns, id: number, minEntryBytes: number): { reader: ByteReader; count: number } {
  const range = tableRange(columns, id)
  const reader = range === undefined ? new ByteReader(new Uint8Array(0), 0, 0) : readColumn(range)
  const count = range === undefined ? 0 : reader.uint()
  if (reader.bad || count * minEntryBytes > reader.end - reader.at) throw new BadColumn(`table ${id} is cut off`)
  return { reader, count }
}

function closeTable(id: number, reader: ByteReader): void {
  if (reader.bad || reader.at !== reader.end) throw new BadColumn(`table ${id} does not hold its entries`)
}

function stringTable(columns: Columns): string[] {
  const { reader, count } = table(columns, COLUMN.strings, 1)
  const strings = readStrings(reader, count)
  closeTable(COLUMN.strings, reader)
  return strings
}

function connectionTable(columns: Columns): Uint8Array {
  const { reader, count } = table(columns, COLUMN.connections, MIN_CONN_BYTES)
  const out = new Uint8Array((count + 1) * CONN_BYTES)
  for (let i = 1; i <= count; i++) unpackConn(reader, out, i * CONN_BYTES)
  closeTable(COLUMN.connections, reader)
  return out
}

function gapList(columns: Columns, id: number, rows: number): Gap[] {
  const { reader, count } = table(columns, id, MIN_GAP_BYTES)
  const gaps: Gap[] = []
  for (let i = 0; i < count && !reader.bad; i++) {
    const row = reader.uint()
    const slot = reader.uint()
    const lost = reader.uint()
    const holes = reader.uint()
    const fromNs = reader.int()
    const toNs = fromNs + reader.int()
    const cpuCount = reader.uint()
    if (row > rows || slot > 15 || cpuCount > reader.end - reader.at) throw new BadColumn('a gap is out of range')
    const cpus: number[] = []
    for (let k = 0; k < cpuCount; k++) cpus.push(reader.uint())
    gaps.push({ row, slot, lost, holes, fromNs, toNs, cpus, streams: gapStreams(reader) })
  }
  closeTable(id, reader)
  return gaps
}

function gapStreams(reader: ByteReader): GapStream[] {
  const count = reader.uint()
  if (count > GAP_STREAMS) throw new BadColumn('a gap has too many streams')
  const streams: GapStream[] = []
  for (let i = 0; i < count; i++) {
    const cpu = reader.uint()
    const level = reader.uint()
    const from = reader.uint()
    const to = from + reader.uint()
    if (cpu > 0xffff || level > 3 || !Number.isSafeInteger(to)) throw new BadColumn('a stream of a gap is out of range')
    streams.push({ cpu, level, from, to, lost: reader.uint() })
  }
  return streams
}

interface Kinds {
  packed: Uint32Array
  rate: Uint32Array
  /** Index of the stream that a kind belongs to. */
  stream: Uint32Array
  streams: number
}

function kindTable(columns: Columns): Kinds {
  const { reader, count } = table(columns, COLUMN.kinds, MIN_KIND_BYTES)
  const kinds: Kinds = {
    packed: new Uint32Array(count),
    rate: new Uint32Array(count),
    stream: new Uint32Array(count),
    streams: 0,
  }
  const known = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const packed = reader.uint()
    kinds.packed[i] = packed
    kinds.rate[i] = RATE_ALL - reader.uint()
    const key = streamOf(packed)
    const stream = known.get(key) ?? known.size
    known.set(key, stream)
    kinds.stream[i] = stream
  }
  kinds.streams = known.size
  closeTable(COLUMN.kinds, reader)
  return kinds
}

function streamTable(columns: Columns, streams: number): Float64Array {
  const { reader, count } = table(columns, COLUMN.streams, 1)
  if (count !== streams) throw new BadColumn(`${count} streams, the kinds speak of ${streams}`)
  const last = new Float64Array(streams)
  for (let i = 0; i < streams; i++) last[i] = reader.uint() - 1
  closeTable(COLUMN.streams, reader)
  return last
}

interface Tasks {
  count: number
  words: Uint32Array
}
const TASK_WORDS = 5

function taskTable(columns: Columns, stringCount: number): Tasks {
  const { reader, count } = table(columns, COLUMN.tasks, MIN_TASK_BYTES)
  const words = new Uint32Array(count * TASK_WORDS)
  for (let at = 0; at < words.length; at += TASK_WORDS) {
    const pid = reader.uint()
    words[at] = pid
    words[at + 1] = pid + reader.int()
    words[at + 2] = reader.uint()
    words[at + 3] = reader.uint()
    const name = reader.uint()
    if (name >= stringCount) throw new BadColumn('a task has a name that is not in the dictionary')
    words[at + 4] = name
  }
  closeTable(COLUMN.tasks, reader)
  return { count, words }
}

/** Fills what follows from a row's kind and task, turns differences of numbers into numbers; counts rows by type. */
function expandKinds(columns: Columns, batch: Batch): Uint32Array {
  const rowsOfType = new Uint32Array(16)
  const kinds = kindTable(columns)
  const lastSeq = streamTable(columns, kinds.streams)
  const kind = indexes(columns, COLUMN.kind, batch.rows, kinds.packed.length)
  let withTask = 0
  for (let row = 0; row < batch.rows; row++) {
    const k = kind[row] as number
    const packed = kinds.packed[k] as number
    const type = KIND.type(packed)
    const stream = kinds.stream[k] as number
    const seq = (lastSeq[stream] as number) + 1 + (batch.seq[row] as number)
    lastSeq[stream] = seq
    batch.seq[row] = seq
    batch.type[row] = type
    batch.slot[row] = KIND.slot(packed)
    batch.level[row] = KIND.level(packed)
    batch.cpu[row] = KIND.cpu(packed)
    batch.version[row] = KIND.version(packed)
    batch.rate[row] = kinds.rate[k] as number
    batch.fieldRow[row] = rowsOfType[type] as number
    rowsOfType[type] = (rowsOfType[type] as number) + 1
    if (KIND.hasTask(packed)) withTask++
  }
  expandTasks(columns, batch, kinds, kind, withTask)
  return rowsOfType
}

function expandTasks(columns: Columns, batch: Batch, kinds: Kinds, kind: Uint32Array, withTask: number): void {
  const tasks = taskTable(columns, batch.strings.length)
  const task = indexes(columns, COLUMN.task, withTask, tasks.count)
  let next = 0
  for (let row = 0; row < batch.rows; row++) {
    if (!KIND.hasTask(kinds.packed[kind[row] as number] as number)) continue
    const at = (task[next++] as number) * TASK_WORDS
    batch.pid[row] = tasks.words[at] as number
    batch.tid[row] = tasks.words[at + 1] as number
    batch.uid[row] = tasks.words[at + 2] as number
    batch.flags[row] = tasks.words[at + 3] as number
    batch.comm[row] = tasks.words[at + 4] as number
  }
}

function readFields(columns: Columns, batch: Batch, rowsOfType: Uint32Array): void {
  const connectionCount = batch.connections.length / CONN_BYTES
  for (const event of EVENT_BY_NUMBER) {
    const rows = rowsOfType[event?.number ?? 0] as number
    if (event === undefined || rows === 0) continue
    batch.fields[event.number] = event.fields.map((field, index): FieldColumn | null => {
      const id = fieldColumnId(event.number, index)
      if (columns[id] === undefined) return null
      if (field.kind === 'int') return ints(columns, id, rows)
      return indexes(columns, id, rows, field.kind === 'text' ? batch.strings.length : connectionCount)
    })
  }
}

function readBytes(u8: Uint8Array, columns: Columns, batch: Batch): void {
  const range = tableRange(columns, COLUMN.bytes)
  if (range === undefined) return
  const length = indexes(columns, COLUMN.byteLength, batch.rows, range.end - range.at + 1)
  const offset = new Uint32Array(batch.rows + 1)
  let at = 0
  for (let row = 0; row < batch.rows; row++) {
    at += length[row] as number
    if (at > range.end - range.at) throw new BadColumn('records are longer than their bytes')
    offset[row + 1] = at
  }
  if (at !== range.end - range.at) throw new BadColumn('bytes that belong to no record')
  batch.bytes = u8.subarray(range.at, range.end)
  batch.byteOffset = offset
}
