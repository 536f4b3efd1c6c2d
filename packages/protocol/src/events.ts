/**
 * The vocabulary of events: which fields a type has, in which order they travel, and how each is shown.
 * A new type is added here, in words.ts and in summary.ts; the compiler names all three.
 */
import { EVENT_TYPES, type EventType, SUBSYSTEM } from './words.ts'

/** What a field holds: an integer, a string, or a connection (5-tuple with direction and TCP flags). */
export type FieldKind = 'int' | 'text' | 'conn'

/** How a field is printed, see fields.ts. */
export type Show =
  | 'plain'
  | 'pid'
  | 'name'
  | 'path'
  | 'fd-or-errno'
  | 'result'
  | 'dirfd'
  | 'open-flags'
  | 'octal'
  | 'syscall'
  | 'signal'
  | 'duration'
  | 'connection'
  | 'tcp-state'
  | 'bytes'
  | 'cgroup'

/** How an integer travels: as it is, as the difference to the row before, or as an index into the values seen. */
export type Coding = 'plain' | 'delta' | 'dict'

export interface FieldSpec {
  name: string
  label: string
  kind: FieldKind
  show: Show
  coding: Coding
  /** First version of the record that has the field: before it, it is absent, and travels as 0 or empty. */
  since: number
}

export interface EventSpec {
  type: EventType
  number: number
  title: string
  subsystem: (typeof SUBSYSTEM)[EventType]
  /** Whether rows of this type carry a process. */
  hasTask: boolean
  fields: readonly FieldSpec[]
}

function spec(type: EventType, title: string, hasTask: boolean, fields: readonly FieldSpec[]): EventSpec {
  return { type, number: EVENT_TYPES[type], title, subsystem: SUBSYSTEM[type], hasTask, fields }
}

function int(name: string, label: string, show: Show = 'plain', coding: Coding = 'plain', since = 1): FieldSpec {
  return { name, label, kind: 'int', show, coding, since }
}

function text(name: string, label: string, show: 'name' | 'path'): FieldSpec {
  return { name, label, kind: 'text', show, coding: 'plain', since: 1 }
}

function connection(): FieldSpec {
  return { name: 'conn', label: 'connection', kind: 'conn', show: 'connection', coding: 'plain', since: 1 }
}

export const EVENTS: Readonly<Record<EventType, EventSpec>> = {
  fork: spec('fork', 'process created', true, [
    int('childPid', 'child pid', 'pid'),
    int('childTid', 'child tid', 'pid'),
    text('childComm', 'child name', 'name'),
  ]),
  exec: spec('exec', 'program executed', true, [
    int('oldPid', 'tid before', 'pid'),
    text('path', 'path', 'path'),
    int('parentPid', 'parent pid', 'pid', 'plain', 2),
    int('cgroup', 'control group', 'cgroup', 'dict', 2),
  ]),
  exit: spec('exit', 'process ended', true, [
    int('code', 'exit status'),
    int('signal', 'signal', 'signal'),
    /** ns from the start of the process to this event. */
    int('lifetime', 'lifetime', 'duration'),
  ]),
  open: spec('open', 'file opened', true, [
    int('result', 'result', 'fd-or-errno'),
    int('dirfd', 'directory', 'dirfd', 'dict'),
    int('flags', 'flags', 'open-flags', 'dict'),
    int('mode', 'mode', 'octal', 'dict'),
    int('nr', 'system call', 'syscall', 'dict'),
    text('path', 'path', 'path'),
  ]),
  tcp: spec('tcp', 'TCP state changed', true, [
    connection(),
    /** A small number that the agent gives to a socket while it lives; never the kernel's value. */
    int('socket', 'socket'),
    int('oldState', 'from', 'tcp-state'),
    int('newState', 'to', 'tcp-state'),
  ]),
  packet: spec('packet', 'IP packet', false, [
    connection(),
    int('length', 'length', 'bytes'),
    int('ifindex', 'interface'),
    int('segments', 'segments'),
  ]),
  syscall: spec('syscall', 'system call returned', true, [
    int('result', 'result', 'result'),
    int('nr', 'system call', 'syscall', 'dict'),
  ]),
  load: spec('load', 'load generator', false, [int('id', 'id', 'plain', 'delta'), int('padLen', 'padding', 'bytes')]),
  tick: spec('tick', 'timer generator', false, [int('id', 'id', 'plain', 'delta')]),
}

/** Number in a record's header → the event's specification; undefined for a number that this version does not know. */
export const EVENT_BY_NUMBER: readonly (EventSpec | undefined)[] = Array.from({ length: 16 }, (_, number) =>
  Object.values(EVENTS).find((event) => event.number === number),
)

/** Whether a record of this version has the field. */
export function isCarried(field: FieldSpec, version: number): boolean {
  return version >= field.since
}

/** Where a field stands in `EVENTS[type].fields`. Throws on a name that the type does not have. */
export function fieldIndex(type: EventType, name: string): number {
  const index = EVENTS[type].fields.findIndex((field) => field.name === name)
  if (index < 0) throw new RangeError(`${type} has no field ${name}`)
  return index
}

/** Bits of a task's `flags`. */
export const TASK_COMPAT = 1
export const TASK_TRUNCATED = 2
export const TASK_UNREADABLE = 4
