/**
 * What a filter means, in one place for the agent (rows on their way in, row-matcher.ts) and the page (rows of a batch,
 * batch-filter.ts). SPEC.md [FLT].
 */
import { connectionAt } from './connection.ts'
import type { Show } from './events.ts'
import { formatEndpoint } from './format.ts'
import type { Filter } from './messages.ts'
import { isPlain, showBytes } from './shown-text.ts'
import { errnoName, isErrno } from './tables/errnos.ts'
import { protocolName, tcpStateName } from './tables/network.ts'
import { signalName } from './tables/process.ts'
import { SYSCALL_NUMBERS, syscallName } from './tables/syscalls.ts'
import { EVENT_TYPES, SLOT_NAMES } from './words.ts'

export interface CompiledFilter {
  /** By type number and by slot number: 1 lets through. */
  types: Uint8Array
  slots: Uint8Array
  text: TextTest | null
}

export function compileFilter(filter: Filter): CompiledFilter {
  const types = new Uint8Array(16).fill(filter.types.length === 0 ? 1 : 0)
  for (const type of filter.types) types[EVENT_TYPES[type]] = 1
  const slots = new Uint8Array(16).fill(filter.slots.length === 0 ? 1 : 0)
  for (const slot of filter.slots) slots[SLOT_NAMES.indexOf(slot)] = 1
  const text = filter.text.trim().toLowerCase()
  return { types, slots, text: text === '' ? null : new TextTest(text) }
}

/** Numbers of the system calls whose names hold the text, for looking up at full rate: 1 at `nr`. */
export function syscallsMatching(text: string, compat = false): Uint8Array {
  const needle = text.trim().toLowerCase()
  return Uint8Array.from({ length: SYSCALL_NUMBERS }, (_, nr) => (syscallName(nr, compat).includes(needle) ? 1 : 0))
}

/** One past the highest error number with a name. */
const NAMED_ERRNOS = 517

/** Whether the text of a filter, in lower case, occurs in what a row shows. Holds tables of answers, never a row. */
export class TextTest {
  readonly needle: string
  private readonly needleBytes: Uint8Array
  /** Whether plain ASCII can hold the text at all. */
  private readonly isAscii: boolean
  private readonly isNumber: boolean
  private readonly syscalls: readonly [native: Uint8Array, compat: Uint8Array]
  private readonly errnos: Uint8Array
  private readonly signals: Uint8Array
  private readonly tcpStates: Uint8Array

  constructor(needle: string) {
    this.needle = needle
    this.isAscii = /^[\x20-\x7e]*$/.test(needle)
    this.needleBytes = Uint8Array.from(needle, (character) => character.charCodeAt(0))
    this.isNumber = /^\d+$/.test(needle)
    this.syscalls = [syscallsMatching(needle, false), syscallsMatching(needle, true)]
    this.errnos = this.answers(NAMED_ERRNOS, errnoName)
    this.signals = this.answers(256, signalName)
    this.tcpStates = this.answers(256, tcpStateName)
  }

  /** A string as it is shown. */
  shown(text: string): boolean {
    return text.toLowerCase().includes(this.needle)
  }

  /** Raw bytes, with the answer that their shown form would give. */
  bytes(u8: Uint8Array, at: number, length: number): boolean {
    if (!isPlain(u8, at, length)) return this.shown(showBytes(u8, at, length))
    return this.isAscii && holdsFolded(u8, at, length, this.needleBytes)
  }

  pid(value: number): boolean {
    return this.isNumber && String(value).includes(this.needle)
  }

  /** An integer field. Plain numbers are not searched: a filter for 3 is not meant for every length with a 3. */
  int(show: Show, value: number, compat: boolean): boolean {
    return INT_TESTS[show]?.(this, value, compat) ?? false
  }

  /** A connection laid out as rs_conn. */
  connection(u8: Uint8Array, at: number): boolean {
    const conn = connectionAt(u8, at)
    return (
      this.shown(formatEndpoint(conn.localAddress, conn.localPort)) ||
      this.shown(formatEndpoint(conn.remoteAddress, conn.remotePort)) ||
      this.shown(protocolName(conn.protocol))
    )
  }

  errno(result: number): boolean {
    if (!isErrno(result)) return false
    return -result < NAMED_ERRNOS ? this.errnos[-result] === 1 : this.shown(errnoName(-result))
  }

  syscall(nr: number, compat: boolean): boolean {
    return this.syscalls[compat ? 1 : 0][nr] === 1 || (nr >= SYSCALL_NUMBERS && this.shown(syscallName(nr, compat)))
  }

  signal(value: number): boolean {
    return this.signals[value & 255] === 1
  }

  tcpState(value: number): boolean {
    return this.tcpStates[value & 255] === 1
  }

  private answers(count: number, name: (value: number) => string): Uint8Array {
    return Uint8Array.from({ length: count }, (_, value) => (value > 0 && this.shown(name(value)) ? 1 : 0))
  }
}

type IntTest = (test: TextTest, value: number, compat: boolean) => boolean

const INT_TESTS: Readonly<Partial<Record<Show, IntTest>>> = {
  pid: (test, value) => test.pid(value),
  'fd-or-errno': (test, value) => test.errno(value),
  result: (test, value) => test.errno(value),
  syscall: (test, value, compat) => test.syscall(value, compat),
  signal: (test, value) => test.signal(value),
  'tcp-state': (test, value) => test.tcpState(value),
}

/** Whether plain bytes hold the needle, upper case taken for lower. */
function holdsFolded(u8: Uint8Array, at: number, length: number, needle: Uint8Array): boolean {
  const last = at + length - needle.length
  const first = needle[0]
  for (let start = at; start <= last; start++) {
    if (folded(u8[start] as number) !== first) continue
    let i = 1
    while (i < needle.length && folded(u8[start + i] as number) === needle[i]) i++
    if (i === needle.length) return true
  }
  return false
}

function folded(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}
