/** One record → one row of a sink: raw byte ranges and integers, no strings, no object. Layouts come from the contract. */
import { EVENT_BY_NUMBER, type EventType, type RowSink } from '@ringside/protocol'
import { ABI, LIMITS } from '../source/abi.ts'
import { numberOf, placeWord, rateOf, sizeOf, type TimeZero, timeOf, typeOf, versionOf } from './scan.ts'
import { COMPLETION } from './sockets.ts'

const { rs_header, rs_task, rs_fork, rs_exec, rs_exec2, rs_exit, rs_open, rs_tcp } = ABI.structs
const { rs_packet, rs_syscall, rs_load, rs_tick } = ABI.structs
const TASK_WORD = rs_fork.members.task / 4
const TASK = {
  pid: rs_task.members.pid / 4,
  tid: rs_task.members.tid / 4,
  uid: rs_task.members.uid / 4,
  flags: rs_task.members.flags / 4,
  comm: rs_task.members.comm / 4,
} as const
const TWO_32 = 2 ** 32

/** Bytes that hold records, in both widths. */
export interface RecordBytes {
  readonly u8: Uint8Array
  readonly words: Uint32Array
}

/**
 * Writes the fields of a type, in the order of the vocabulary.
 * @param at word of the record @param completion word of its COMPLETION in the same bytes, or 0
 */
type Decoder = (sink: RowSink, bytes: RecordBytes, at: number, completion: number) => void

export const DECODERS: Readonly<Record<EventType, Decoder>> = {
  fork: (sink, bytes, at) => {
    sink.int(u32(bytes.words, at, rs_fork.members.child_pid))
    sink.int(u32(bytes.words, at, rs_fork.members.child_tid))
    const comm = at + rs_fork.members.child_comm / 4
    sink.text(bytes.u8, comm * 4, nameLength(bytes, comm))
  },
  exec: (sink, { u8, words }, at) => {
    sink.int(u32(words, at, rs_exec.members.old_pid))
    const path = u32(words, at, rs_exec.members.path_len)
    sink.text(u8, at * 4 + (path >>> 16), path & 0xffff)
    const isFirst = versionOf(words, at) === 1
    sink.int(isFirst ? 0 : u32(words, at, rs_exec2.members.parent_pid))
    sink.int(isFirst ? 0 : u64(words, at, rs_exec2.members.cgroup))
  },
  exit: (sink, { words }, at) => {
    sink.int(u32(words, at, rs_exit.members.code))
    sink.int(u32(words, at, rs_exit.members.signal))
    sink.int(elapsed(words, at, rs_exit.members.start_time))
  },
  open: (sink, { u8, words }, at) => {
    sink.int(s64(words, at, rs_open.members.result))
    sink.int(u32(words, at, rs_open.members.dirfd) | 0)
    sink.int(u32(words, at, rs_open.members.flags))
    sink.int(u32(words, at, rs_open.members.mode))
    const lengths = u32(words, at, rs_open.members.nr)
    sink.int(lengths & 0xffff)
    sink.text(u8, at * 4 + rs_open.members.path, lengths >>> 16)
  },
  tcp: (sink, { u8, words }, at, completion) => {
    const conn = completion === 0 ? at * 4 + rs_tcp.members.conn : (completion + COMPLETION.conn) * 4
    sink.conn(u8, conn)
    sink.int(completion === 0 ? 0 : (words[completion + COMPLETION.number] as number))
    const states = u32(words, at, rs_tcp.members.old_state)
    sink.int(states & 0xff)
    sink.int((states >>> 8) & 0xff)
  },
  packet: (sink, { u8, words }, at) => {
    sink.conn(u8, at * 4 + rs_packet.members.conn)
    sink.int(u32(words, at, rs_packet.members.length))
    sink.int(u32(words, at, rs_packet.members.ifindex))
    sink.int(u32(words, at, rs_packet.members.segments) & 0xffff)
  },
  syscall: (sink, { words }, at) => {
    sink.int(s64(words, at, rs_syscall.members.result))
    sink.int(u32(words, at, rs_syscall.members.nr))
  },
  load: (sink, { words }, at) => {
    sink.int(u64(words, at, rs_load.members.id))
    sink.int(u32(words, at, rs_load.members.pad_len))
  },
  tick: (sink, { words }, at) => sink.int(u64(words, at, rs_tick.members.id)),
}

const BY_NUMBER = EVENT_BY_NUMBER.map((event) => ({
  hasTask: event?.hasTask ?? false,
  decode: event === undefined ? null : DECODERS[event.type],
}))

/**
 * Decodes the record at word `at`; it must have passed the scanner.
 * @param completion word of its COMPLETION in the same bytes, or 0 @param withBytes whether the row carries the record
 * @returns its time, ns since time zero
 */
export function decodeRow(
  sink: RowSink,
  bytes: RecordBytes,
  at: number,
  completion: number,
  zero: TimeZero,
  withBytes: boolean,
): number {
  const { u8, words } = bytes
  const type = typeOf(words, at)
  const { hasTask, decode } = BY_NUMBER[type] as (typeof BY_NUMBER)[number]
  const place = placeWord(words, at)
  const timeNs = timeOf(words, at, zero)
  sink.row(
    type,
    place >>> 24,
    place & 0xffff,
    (place >>> 16) & 0xff,
    numberOf(words, at),
    timeNs,
    rateOf(words, at),
    versionOf(words, at),
  )
  if (hasTask) {
    const task = completion === 0 ? at + TASK_WORD : completion + COMPLETION.task
    const comm = task + TASK.comm
    sink.task(
      words[task + TASK.pid] as number,
      words[task + TASK.tid] as number,
      words[task + TASK.uid] as number,
      words[task + TASK.flags] as number,
      u8,
      comm * 4,
      nameLength(bytes, comm),
    )
  }
  decode?.(sink, bytes, at, completion)
  if (withBytes) sink.bytes(u8, at * 4, sizeOf(words, at))
  sink.end()
  return timeNs
}

function u32(words: Uint32Array, at: number, offset: number): number {
  return words[at + (offset >>> 2)] as number
}

/** Saturates where a double is no longer exact. */
function u64(words: Uint32Array, at: number, offset: number): number {
  const value = u32(words, at, offset + 4) * TWO_32 + u32(words, at, offset)
  return Math.min(value, Number.MAX_SAFE_INTEGER)
}

function s64(words: Uint32Array, at: number, offset: number): number {
  const value = (u32(words, at, offset + 4) | 0) * TWO_32 + u32(words, at, offset)
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(value, Number.MAX_SAFE_INTEGER))
}

/** ns from a time in the record to the record's own. */
function elapsed(words: Uint32Array, at: number, offset: number): number {
  const high = u32(words, at, rs_header.members.time + 4) - u32(words, at, offset + 4)
  const ns = high * TWO_32 + u32(words, at, rs_header.members.time) - u32(words, at, offset)
  return Math.max(0, Math.min(ns, Number.MAX_SAFE_INTEGER))
}

/** Four bytes at a time: the lowest bit that is set after the first byte of 0 stands in it. */
function nameLength({ words }: RecordBytes, word: number): number {
  for (let at = 0; at < LIMITS.commBytes / 4; at += 1) {
    const bytes = words[word + at] as number
    const zeros = (bytes - 0x0101_0101) & ~bytes & 0x8080_8080
    if (zeros !== 0) return at * 4 + ((31 - Math.clz32(zeros & -zeros)) >>> 3)
  }
  return LIMITS.commBytes
}
