/** The details of a row in one line, and a single field as text: what the table and the detail pane show. */
import { type Batch, eventOf, fieldInt, fieldText } from './batch.ts'
import { type Connection, fieldConn } from './connection.ts'
import { fieldIndex, isCarried, TASK_COMPAT, TASK_TRUNCATED, TASK_UNREADABLE } from './events.ts'
import { formatCount, formatDuration, formatEndpoint } from './format.ts'
import { SHOW_INT, showResult } from './show.ts'
import { protocolName, tcpFlagNames, tcpStateName } from './tables/network.ts'
import { signalName } from './tables/process.ts'
import { syscallName } from './tables/syscalls.ts'
import type { EventType } from './words.ts'

/** One line, safe to show. */
export function summaryOf(batch: Batch, row: number): string {
  const event = eventOf(batch, row)
  return event === undefined ? `event type ${batch.type[row] ?? 0}` : SUMMARIES[event.type](batch, row)
}

/** One field of a row as text, safe to show; a dash for one that the row's record is too old to have. */
export function showField(batch: Batch, row: number, index: number): string {
  const field = eventOf(batch, row)?.fields[index]
  if (field === undefined) return ''
  if (!isCarried(field, batch.version[row] ?? 0)) return '–'
  if (field.kind === 'conn') return connectionText(fieldConn(batch, row, index), '→')
  if (field.kind === 'text') return fieldText(batch, row, index)
  return SHOW_INT[field.show](fieldInt(batch, row, index), isCompat(batch, row))
}

const FORK = { childPid: fieldIndex('fork', 'childPid'), childComm: fieldIndex('fork', 'childComm') }
const EXEC = { path: fieldIndex('exec', 'path') }
const EXIT = {
  code: fieldIndex('exit', 'code'),
  signal: fieldIndex('exit', 'signal'),
  lifetime: fieldIndex('exit', 'lifetime'),
}
const OPEN = { result: fieldIndex('open', 'result'), path: fieldIndex('open', 'path') }
const TCP = { conn: fieldIndex('tcp', 'conn'), newState: fieldIndex('tcp', 'newState') }
const PACKET = {
  conn: fieldIndex('packet', 'conn'),
  length: fieldIndex('packet', 'length'),
  segments: fieldIndex('packet', 'segments'),
}
const SYSCALL = { result: fieldIndex('syscall', 'result'), nr: fieldIndex('syscall', 'nr') }
const LOAD = { id: fieldIndex('load', 'id'), padLen: fieldIndex('load', 'padLen') }
const TICK = { id: fieldIndex('tick', 'id') }

const SUMMARIES: Readonly<Record<EventType, (batch: Batch, row: number) => string>> = {
  fork: (batch, row) => `→ ${fieldInt(batch, row, FORK.childPid)} ${fieldText(batch, row, FORK.childComm)}`,
  exec: (batch, row) => pathText(batch, row, EXEC.path),
  exit: (batch, row) => {
    const signal = fieldInt(batch, row, EXIT.signal)
    const cause = signal === 0 ? `status ${fieldInt(batch, row, EXIT.code)}` : signalName(signal)
    return `${cause} after ${formatDuration(fieldInt(batch, row, EXIT.lifetime))}`
  },
  open: (batch, row) => `${pathText(batch, row, OPEN.path)} → ${showResult(fieldInt(batch, row, OPEN.result))}`,
  tcp: (batch, row) => {
    const conn = fieldConn(batch, row, TCP.conn)
    const arrow = conn.direction === 'in' ? '←' : '→'
    return `${connectionText(conn, arrow)} ${tcpStateName(fieldInt(batch, row, TCP.newState))}`
  },
  packet: (batch, row) => {
    const conn = fieldConn(batch, row, PACKET.conn)
    const parts = [conn.direction, protocolName(conn.protocol), connectionText(conn, '→')]
    parts.push(`${formatCount(fieldInt(batch, row, PACKET.length))} B`)
    const segments = fieldInt(batch, row, PACKET.segments)
    if (segments > 1) parts.push(`in ${formatCount(segments)} segments`)
    if (conn.tcpFlags !== 0) parts.push(tcpFlagNames(conn.tcpFlags))
    return parts.join(' ')
  },
  syscall: (batch, row) => {
    const name = syscallName(fieldInt(batch, row, SYSCALL.nr), isCompat(batch, row))
    return `${name}() = ${showResult(fieldInt(batch, row, SYSCALL.result))}`
  },
  load: (batch, row) => `#${fieldInt(batch, row, LOAD.id)}, ${formatCount(fieldInt(batch, row, LOAD.padLen))} B`,
  tick: (batch, row) => `#${fieldInt(batch, row, TICK.id)}`,
}

function isCompat(batch: Batch, row: number): boolean {
  return ((batch.flags[row] ?? 0) & TASK_COMPAT) !== 0
}

function pathText(batch: Batch, row: number, index: number): string {
  const flags = batch.flags[row] ?? 0
  if ((flags & TASK_UNREADABLE) !== 0) return '(path not readable)'
  return fieldText(batch, row, index) + ((flags & TASK_TRUNCATED) !== 0 ? '…' : '')
}

/** Ports are left out where the protocol has none. */
function connectionText(conn: Connection, arrow: string): string {
  const ports = conn.localPort !== 0 || conn.remotePort !== 0
  const local = ports ? formatEndpoint(conn.localAddress, conn.localPort) : conn.localAddress
  const remote = ports ? formatEndpoint(conn.remoteAddress, conn.remotePort) : conn.remoteAddress
  return `${local} ${arrow} ${remote}`
}
