/**
 * What an event costs on the wire, in bytes and ns, against JSON, MessagePack and plain structs, in one run: the same rows,
 * in turns, medians. `npm run build && node bench/wire.mjs`; `--once` makes one turn, whose times mean nothing, and fails
 * when a frame is not the smallest. `--rows`: ends with what scripts/bench.mjs puts into its table, as JSON.
 */
import { ByteReader } from '../dist/bytes.js'
import { COLUMN } from '../dist/frame.js'
import { BatchEncoder, decodeBatch, PREFIX_BYTES } from '../dist/index.js'
import { encodings } from './encodings.mjs'
import { workloads, writeRows } from './workloads.mjs'

const once = process.argv.includes('--once')
/** Of each encoding: enough for the compiler to have seen everything. */
const ROWS_IN_ALL = once ? 1 : 600_000

/** Takes rows and does nothing: what making them costs is no encoding's. */
const NOWHERE = { row() {}, task() {}, int() {}, text() {}, conn() {}, end() {} }

function frames() {
  const sink = new BatchEncoder()
  const meta = { fromNs: 5e12, toNs: 5.016e12, matched: 0, thinned: 0, recordBytes: 0, late: 0, lateNs: 0 }
  return { sink, finish: () => sink.finish(meta), bytes: (frame) => frame.byteLength, decode: rowsOf }
}

function rowsOf(frame) {
  const batch = decodeBatch(frame)
  if (!batch.ok) throw new Error(batch.message)
  return batch.rows
}

let largest = 0
const rows = []
for (const [name, workload] of Object.entries(workloads)) measure(name, workload)
if (process.argv.includes('--rows')) console.log(JSON.stringify(rows))
if (once && largest >= 1) throw new Error('a frame is not smaller than every other encoding of its rows')

function measure(workloadName, workload) {
  const contenders = [{ name: 'Ringside', make: frames }, ...encodings]
    .filter(({ packets }) => !packets || workloadName.startsWith('packets'))
    .map(({ name, make }) => ({ name, encodeNs: [], decodeNs: [], ...make() }))
  for (let turn = 1; (turn - 1) * workload.rows < ROWS_IN_ALL; turn++) {
    for (const contender of contenders) takeTurn(contender, workload, turn)
  }
  const [ours] = contenders
  console.log(`\n${workloadName}: ${workload.rows} rows a frame`)
  const oursNs = median(ours.encodeNs) + median(ours.decodeNs)
  for (const contender of contenders) {
    const { name, made, bytes, encodeNs, decodeNs } = contender
    const [encode, decode] = [median(encodeNs), median(decodeNs)]
    const cells = [name.padEnd(32), (bytes(made) / workload.rows).toFixed(1).padStart(6), 'bytes/event']
    if (!once) cells.push(`encode ${ns(encode)}, decode ${ns(decode)}`)
    if (name !== ours.name) {
      const share = ours.bytes(ours.made) / bytes(made)
      largest = Math.max(largest, share)
      const parts = [...partsOfRow('ours', ours, workload), ...partsOfRow('theirs', contender, workload)]
      const title = `${workloadName}, of ${name}`
      rows.push({ title, unit: '×', goal: null, values: [share], parts, made: 0, lost: 0, exact: null })
      cells.push(`: Ringside takes ${share.toFixed(3)} of the bytes`)
      if (!once) cells.push(`and ${(oursNs / (encode + decode)).toFixed(2)} of the time`)
    }
    console.log(`  ${cells.join(' ')}`)
  }
  console.log(`  parts: ${partsOf(ours.made, workload.rows)}`)
}

function partsOfRow(whose, { made, bytes, encodeNs, decodeNs }, workload) {
  return [
    { name: whose, unit: 'bytes', values: [bytes(made) / workload.rows] },
    { name: 'encode', unit: 'ns', values: [median(encodeNs)] },
    { name: 'decode', unit: 'ns', values: [median(decodeNs)] },
  ]
}

function takeTurn(contender, workload, turn) {
  const { sink, finish, decode, encodeNs, decodeNs } = contender
  const start = performance.now()
  writeRows(NOWHERE, workload, turn)
  const made = performance.now()
  writeRows(sink, workload, turn)
  contender.made = finish()
  const written = performance.now()
  if (decode(contender.made) !== workload.rows) throw new Error(`${contender.name} lost rows`)
  encodeNs.push((Math.max(0, written - made - (made - start)) * 1e6) / workload.rows)
  decodeNs.push(((performance.now() - written) * 1e6) / workload.rows)
}

/** Bytes per event of what the chapter packs: the time's 8, the 12 of type, place, version and rate, a tuple's 16. */
function partsOf(frame, rows) {
  const size = new Map()
  const reader = new ByteReader(new Uint8Array(frame), PREFIX_BYTES, frame.byteLength)
  let tuples = 0
  while (reader.at < reader.end) {
    const start = reader.at
    const id = reader.byte()
    reader.byte()
    const end = reader.uint() + reader.at
    if (id === COLUMN.connections) tuples = reader.uint()
    reader.at = end
    size.set(id, end - start)
  }
  const each = (...ids) => (ids.reduce((sum, id) => sum + (size.get(id) ?? 0), 0) / rows).toFixed(2)
  const parts = [`time 8 → ${each(COLUMN.time)}`, `number 8 → ${each(COLUMN.seq, COLUMN.streams)}`]
  parts.push(`type, place, version, rate 12 → ${each(COLUMN.kind, COLUMN.kinds)}`)
  if (size.has(COLUMN.task)) parts.push(`process 32 → ${each(COLUMN.task, COLUMN.tasks)} and names`)
  if (tuples > 0)
    parts.push(`tuple 16 → ${((size.get(COLUMN.connections) ?? 0) / tuples).toFixed(1)}, told ${tuples} times`)
  return parts.join(' · ')
}

function ns(value) {
  return `${value.toFixed(0).padStart(5)} ns`
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1]
}
