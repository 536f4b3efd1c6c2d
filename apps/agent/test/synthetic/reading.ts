/** Reads what a synthetic feed holds, record by record: for tests that ask what stands in the records. */
import { ABI, LIMITS, RING_HEADER, ringBytes } from '../../src/source/abi.ts'
import type { SourceFeed } from '../../src/source/source.ts'
import type { Controls } from './source.ts'

const { rs_header, rs_task, rs_fork } = ABI.structs
const chunk = new Uint8Array(256 * 1024)

export interface ReadRecord {
  slot: number
  type: number
  version: number
  cpu: number
  level: number
  seq: number
  timeNs: bigint
  /** Of the whole record. */
  view: DataView
}

/** Everything that stands in the slots now, slot by slot, in the order in which it is read. */
export function readAll(feed: SourceFeed): ReadRecord[] {
  const records: ReadRecord[] = []
  feed.beginPass()
  for (let slot = 0; slot < LIMITS.slots; slot += 1) {
    for (let bytes = feed.read(slot, chunk); bytes > 0; bytes = feed.read(slot, chunk)) {
      records.push(...recordsIn(chunk.slice(0, bytes)))
    }
  }
  return records
}

/** As `readAll`, with what an interrupted producer held back; from then on nothing happens any more. */
export function drain(feed: SourceFeed, controls: Pick<Controls, 'pause'>): ReadRecord[] {
  const records = readAll(feed)
  controls.pause(true)
  return [...records, ...readAll(feed)]
}

export function recordsIn(bytes: Uint8Array): ReadRecord[] {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: ReadRecord[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = words.getUint32(at, true)
    records.push(recordOf(new DataView(bytes.buffer, bytes.byteOffset + at + RING_HEADER.bytes, size)))
    at += ringBytes(size)
  }
  return records
}

export interface Doer {
  pid: number
  uid: number
  comm: string
}

/** Who did it; null: a record of an interrupt, or of a type that names nobody. */
export function doerOf({ type, view }: ReadRecord): Doer | null {
  const at = rs_fork.members.task
  const pid = type === 6 ? 0 : view.getUint32(at + rs_task.members.pid, true)
  if (pid === 0) return null
  const comm = new Uint8Array(view.buffer, view.byteOffset + at + rs_task.members.comm, LIMITS.commBytes)
  return {
    pid,
    uid: view.getUint32(at + rs_task.members.uid, true),
    comm: Buffer.from(comm.subarray(0, comm.indexOf(0))).toString(),
  }
}

function recordOf(view: DataView): ReadRecord {
  const { version, type, cpu, level, slot, seq, time } = rs_header.members
  return {
    slot: view.getUint8(slot),
    type: view.getUint16(type, true),
    version: view.getUint16(version, true),
    cpu: view.getUint16(cpu, true),
    level: view.getUint8(level),
    seq: Number(view.getBigUint64(seq, true)),
    timeNs: view.getBigUint64(time, true),
    view,
  }
}
