/** How one integer of an event is shown, by the way that the vocabulary gives for it. */
import type { Show } from './events.ts'
import { formatCount, formatDuration } from './format.ts'
import { errnoName, isErrno } from './tables/errnos.ts'
import { tcpStateName } from './tables/network.ts'
import { openFlagNames, signalName } from './tables/process.ts'
import { syscallName } from './tables/syscalls.ts'

const AT_FDCWD = -100
/** Results from here on are addresses rather than counts. */
const FIRST_ADDRESS = 0x1_0000_0000

/** @param compat the system call came through the 32-bit table */
export type ShowInt = (value: number, compat: boolean) => string

export const SHOW_INT: Readonly<Record<Show, ShowInt>> = {
  plain: String,
  pid: String,
  name: String,
  path: String,
  connection: String,
  'fd-or-errno': showResult,
  result: showResult,
  dirfd: (value) => (value === AT_FDCWD ? 'AT_FDCWD' : String(value)),
  'open-flags': openFlagNames,
  octal: (value) => `0${(value >>> 0).toString(8)}`,
  syscall: syscallName,
  signal: (value) => (value === 0 ? 'none' : signalName(value)),
  duration: formatDuration,
  'tcp-state': tcpStateName,
  bytes: (value) => `${formatCount(value)} B`,
  cgroup: (value) => (value === 0 ? 'none' : String(value)),
}

/** A system call's result: the name of the error, an address in hex, else the number. */
export function showResult(value: number): string {
  if (isErrno(value)) return errnoName(-value)
  return value >= FIRST_ADDRESS ? `0x${value.toString(16)}` : String(value)
}
