/** Real events as plain objects, for tests that look at a handful of them: every member of the contract by its name. */
import { EVENT_TYPES, type EventType } from '@ringside/protocol'
import { ABI } from '../../../src/source/abi.ts'
import type { Generator, GeneratorOptions } from '../../../src/source/kernel/generator.ts'
import { Reading } from './reading.ts'

const BUFFER_BYTES = 4 * 1024 * 1024
const { rs_task, rs_conn, rs_header } = ABI.structs

export interface Conn {
  saddr: string
  daddr: string
  sport: number
  dport: number
  family: number
  protocol: number
  direction: number
  tcpFlags: number
}

/** Integers by the name of their member; 64-bit ones as bigint. */
export interface SeenEvent {
  type: EventType
  version: number
  numbers: Record<string, number>
  big: Record<string, bigint>
  task: { pid: number; tid: number; uid: number; flags: number; comm: string }
  conn: Conn
  path: string
}

/** Runs `act` while these programs watch, and gives what they told of it. */
export async function watch(
  programs: Record<number, string>,
  act: (generator: Generator) => Promise<unknown>,
  options: Omit<GeneratorOptions, 'bytes' | 'also'> = {},
): Promise<SeenEvent[]> {
  const reading = await Reading.open({ bytes: BUFFER_BYTES, also: programs, ...options })
  const events: SeenEvent[] = []
  reading.onChunk = (words, good) => {
    for (let index = 0; index < good; index += 1) {
      events.push(eventAt(new DataView(words.buffer), (reading.scanner.at[index] as number) * 4))
    }
  }
  try {
    await act(reading.generator)
    const { laws } = await reading.account()
    if (laws.some((law) => law.difference !== 0)) throw new Error(laws.map((law) => law.text).join('; '))
    return events
  } finally {
    reading.close()
  }
}

const NAMES = new Map<number, EventType>(
  Object.entries(EVENT_TYPES).map(([name, number]) => [number, name as EventType]),
)
/** Where a type's own integers stand: member → bytes, negative when signed. */
const INTEGERS: Partial<Record<EventType, Record<string, number>>> = {
  fork: { child_pid: 4, child_tid: 4 },
  exec: { old_pid: 4, parent_pid: 4, cgroup: 8 },
  exit: { code: 4, signal: 4, start_time: 8 },
  open: { result: -8, dirfd: -4, flags: 4, mode: 4, nr: 2 },
  tcp: { socket: 8, old_state: 1, new_state: 1 },
  packet: { length: 4, ifindex: 4, segments: 2 },
  syscall: { result: -8, nr: 4 },
}

/** @param at bytes */
export function eventAt(view: DataView, at: number): SeenEvent {
  const type = NAMES.get(view.getUint16(at + rs_header.members.type, true)) as EventType
  const version = view.getUint16(at + rs_header.members.version, true)
  const struct = type === 'exec' && version === 2 ? 'rs_exec2' : (`rs_${type}` as const)
  const members: Record<string, number> = ABI.structs[struct].members
  const numbers: Record<string, number> = {}
  const big: Record<string, bigint> = { time: view.getBigUint64(at + rs_header.members.time, true) }
  for (const [name, bytes] of Object.entries(INTEGERS[type] ?? {})) {
    if (members[name] === undefined) continue
    const place = at + (members[name] as number)
    if (bytes === 8) big[name] = view.getBigUint64(place, true)
    else if (bytes === -8) numbers[name] = Number(view.getBigInt64(place, true))
    else if (bytes === -4) numbers[name] = view.getInt32(place, true)
    else
      numbers[name] =
        bytes === 4 ? view.getUint32(place, true) : bytes === 2 ? view.getUint16(place, true) : view.getUint8(place)
  }
  const pathBytes = 'path_len' in members ? view.getUint16(at + (members.path_len as number), true) : 0
  return {
    type,
    version,
    numbers,
    big,
    task: taskAt(view, at + (members.task ?? 0)),
    conn: connAt(view, at + (members.conn ?? 0)),
    path: text(view, at + (members.path ?? 0), pathBytes),
  }
}

function taskAt(view: DataView, at: number): SeenEvent['task'] {
  const word = (offset: number) => view.getUint32(at + offset, true)
  const { pid, tid, uid, flags, comm } = rs_task.members
  const name = text(view, at + comm, rs_task.bytes - comm)
  return { pid: word(pid), tid: word(tid), uid: word(uid), flags: word(flags), comm: name.slice(0, name.indexOf('\0')) }
}

function connAt(view: DataView, at: number): Conn {
  const { saddr, daddr, sport, dport, family, protocol, direction, tcp_flags } = rs_conn.members
  const byte = (offset: number) => view.getUint8(at + offset)
  const address = (offset: number) => {
    const bytes = Buffer.from(view.buffer, at + offset, byte(family) === 4 ? 4 : 16)
    return byte(family) === 4 ? bytes.join('.') : bytes.toString('hex')
  }
  return {
    saddr: address(saddr),
    daddr: address(daddr),
    sport: view.getUint16(at + sport, true),
    dport: view.getUint16(at + dport, true),
    family: byte(family),
    protocol: byte(protocol),
    direction: byte(direction),
    tcpFlags: byte(tcp_flags),
  }
}

function text(view: DataView, at: number, bytes: number): string {
  return Buffer.from(view.buffer, at, bytes).toString('latin1')
}
