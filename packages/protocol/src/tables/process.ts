/** Names of signals (x86-64, asm/signal.h) and of open(2) flags (asm-generic/fcntl.h). */

// biome-ignore format: the list is the table
const SIGNALS = `
  HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT
  CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS
`.trim().split(/\s+/)

const CORE_DUMPED = 0x80

/** @param signal may carry the core-dump bit @returns empty for 0 */
export function signalName(signal: number): string {
  const number = signal & ~CORE_DUMPED
  if (number === 0) return ''
  const name = SIGNALS[number - 1]
  const text = name === undefined ? (number >= 34 ? `SIGRTMIN+${number - 34}` : `signal ${number}`) : `SIG${name}`
  return (signal & CORE_DUMPED) === 0 ? text : `${text} (core dumped)`
}

const ACCESS = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'] as const

/** Flags of several bits stand before those that are part of them. */
const OPEN_FLAGS: readonly (readonly [bits: number, name: string])[] = [
  [0o20200000, 'O_TMPFILE'],
  [0o4010000, 'O_SYNC'],
  [0o100, 'O_CREAT'],
  [0o200, 'O_EXCL'],
  [0o400, 'O_NOCTTY'],
  [0o1000, 'O_TRUNC'],
  [0o2000, 'O_APPEND'],
  [0o4000, 'O_NONBLOCK'],
  [0o10000, 'O_DSYNC'],
  [0o20000, 'O_ASYNC'],
  [0o40000, 'O_DIRECT'],
  [0o100000, 'O_LARGEFILE'],
  [0o200000, 'O_DIRECTORY'],
  [0o400000, 'O_NOFOLLOW'],
  [0o1000000, 'O_NOATIME'],
  [0o2000000, 'O_CLOEXEC'],
  [0o10000000, 'O_PATH'],
]

/** `O_RDWR|O_CREAT|O_CLOEXEC`; bits without a name follow in hex. */
export function openFlagNames(flags: number): string {
  const names: string[] = [ACCESS[flags & 3] as string]
  let rest = flags & ~3
  for (const [bits, name] of OPEN_FLAGS) {
    if ((rest & bits) !== bits) continue
    names.push(name)
    rest &= ~bits
  }
  if (rest !== 0) names.push(`0x${(rest >>> 0).toString(16)}`)
  return names.join('|')
}
