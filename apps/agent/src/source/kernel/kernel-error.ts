/** Why the kernel source cannot do what it was asked: a stable code, and what mends it. */

export type KernelErrorCode =
  /** The BPF object is not built. */
  | 'EOBJECT'
  /** The programs read system calls as x86-64 keeps them. */
  | 'EMACHINE'
  /** Linux before 5.5, or before 5.10 where ring buffers were asked for. */
  | 'EKERNEL'
  /** The kernel does not describe its own types. */
  | 'EBTF'
  /** Not root, or a capability is missing. */
  | 'EPRIVILEGE'
  /** Kernel lockdown forbids to read kernel memory. */
  | 'ELOCKDOWN'
  | 'EMEMORY'
  /** The verifier refused a program. */
  | 'EVERIFIER'
  /** There is no v2 hierarchy of control groups, or not the group that was asked for. */
  | 'ECGROUP'
  /** None of these; the message tells. */
  | 'ELOAD'

export class KernelError extends Error {
  override readonly name = 'KernelError'
  readonly code: KernelErrorCode
  /** The command or the action that mends it. */
  readonly hint: string
  /** The end of the verifier's log; empty when it had no part in it. */
  readonly log: string

  constructor(code: KernelErrorCode, message: string, hint: string, log = '') {
    super(message)
    this.code = code
    this.hint = hint
    this.log = log
  }
}
