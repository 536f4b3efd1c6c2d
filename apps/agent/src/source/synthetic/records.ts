/** Fills the bodies of records behind their header, field by field as struct rs_* says. Knows layouts, not stories. */
import { ABI, LIMITS } from '../abi.ts'
import type { Conn, Process } from './about.ts'

const { rs_task, rs_fork, rs_exec, rs_exec2, rs_exit, rs_open, rs_conn, rs_tcp, rs_packet, rs_syscall } = ABI.structs
const utf8 = new TextEncoder()

/** A process; threads are left out of the story, so that pid = tid. */
export interface Task extends Process {
  parentPid: number
  cpu: number
  startNs: bigint
}

export function writeTask(view: DataView, task: Process): void {
  const at = rs_fork.members.task
  view.setUint32(at + rs_task.members.pid, task.pid, true)
  view.setUint32(at + rs_task.members.tid, task.pid, true)
  view.setUint32(at + rs_task.members.uid, task.uid, true)
  writeText(view, at + rs_task.members.comm, task.comm, LIMITS.commBytes - 1)
}

export function writeFork(view: DataView, child: Task): number {
  view.setUint32(rs_fork.members.child_pid, child.pid, true)
  view.setUint32(rs_fork.members.child_tid, child.pid, true)
  writeText(view, rs_fork.members.child_comm, child.comm, LIMITS.commBytes - 1)
  return rs_fork.bytes
}

export function writeExec(view: DataView, task: Task, path: string): number {
  view.setUint32(rs_exec.members.old_pid, task.pid, true)
  return rs_exec.bytes + writeExecPath(view, path, rs_exec.members.path)
}

/** Version 2: with its parent and its control group. */
export function writeExec2(view: DataView, task: Task, path: string): number {
  view.setUint32(rs_exec2.members.old_pid, task.pid, true)
  view.setUint32(rs_exec2.members.parent_pid, task.parentPid, true)
  view.setBigUint64(rs_exec2.members.cgroup, BigInt(task.group.ids.at(-1) ?? 0), true)
  return rs_exec2.bytes + writeExecPath(view, path, rs_exec2.members.path)
}

/** Where the length and the place of the path stand is the same in both versions. */
function writeExecPath(view: DataView, path: string, at: number): number {
  const length = writeText(view, at, path, LIMITS.pathBytes - 1)
  view.setUint16(rs_exec.members.path_len, length, true)
  view.setUint16(rs_exec.members.path_off, at, true)
  return length
}

export function writeExit(view: DataView, task: Task, code: number, signal: number): number {
  view.setUint32(rs_exit.members.code, code, true)
  view.setUint32(rs_exit.members.signal, signal, true)
  view.setBigUint64(rs_exit.members.start_time, task.startNs, true)
  return rs_exit.bytes
}

export interface Opening {
  path: string
  result: number
  flags: number
  mode: number
}

const AT_FDCWD = -100
const NR_OPENAT = 257

export function writeOpen(view: DataView, opening: Opening): number {
  view.setBigInt64(rs_open.members.result, BigInt(opening.result), true)
  view.setInt32(rs_open.members.dirfd, AT_FDCWD, true)
  view.setUint32(rs_open.members.flags, opening.flags, true)
  view.setUint32(rs_open.members.mode, opening.mode, true)
  view.setUint16(rs_open.members.nr, NR_OPENAT, true)
  const length = writeText(view, rs_open.members.path, opening.path, LIMITS.pathBytes - 1)
  view.setUint16(rs_open.members.path_len, length, true)
  return rs_open.bytes + length
}

export function writeTcp(view: DataView, conn: Conn, socket: bigint, from: number, to: number): number {
  writeConn(view, rs_tcp.members.conn, conn, 0)
  view.setBigUint64(rs_tcp.members.socket, socket, true)
  view.setUint8(rs_tcp.members.old_state, from)
  view.setUint8(rs_tcp.members.new_state, to)
  return rs_tcp.bytes
}

export function writePacket(view: DataView, conn: Conn, tcpFlags: number, length: number, segments: number): number {
  writeConn(view, rs_packet.members.conn, conn, tcpFlags)
  view.setUint32(rs_packet.members.length, length, true)
  view.setUint32(rs_packet.members.ifindex, 2, true)
  view.setUint16(rs_packet.members.segments, segments, true)
  return rs_packet.bytes
}

export function writeSyscall(view: DataView, nr: number, result: number): number {
  view.setBigInt64(rs_syscall.members.result, BigInt(result), true)
  view.setUint32(rs_syscall.members.nr, nr, true)
  return rs_syscall.bytes
}

const IPPROTO_TCP = 6

export function writeConn(view: DataView, at: number, conn: Conn, tcpFlags: number): void {
  const { saddr, daddr, sport, dport, family, protocol, direction, tcp_flags } = rs_conn.members
  for (let byte = 0; byte < 4; byte += 1) {
    view.setUint8(at + saddr + byte, conn.source[byte] as number)
    view.setUint8(at + daddr + byte, conn.destination[byte] as number)
  }
  view.setUint16(at + sport, conn.sourcePort, true)
  view.setUint16(at + dport, conn.destinationPort, true)
  view.setUint8(at + family, 4)
  view.setUint8(at + protocol, IPPROTO_TCP)
  view.setUint8(at + direction, conn.direction)
  view.setUint8(at + tcp_flags, tcpFlags)
}

/** @returns bytes written */
export function writeText(view: DataView, at: number, text: string, room: number): number {
  return utf8.encodeInto(text, new Uint8Array(view.buffer, view.byteOffset + at, room)).written
}
