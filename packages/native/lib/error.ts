/** The one error that this package throws. */

export class NativeError extends Error {
  override readonly name = 'NativeError'
  /** The errno's name ('EPERM', …), or what was refused here: ECLOSED, EPHASE, EARG, EBUSY, ENOBUFS, ENOTMAPPED. */
  readonly code: string
  /** 0 where the kernel was not asked. */
  readonly errno: number
  readonly operation: string
  /** What to do about it; may be empty. */
  readonly hint: string
  /** The last 20 lines of the verifier's log, or of libbpf's messages; may be empty. */
  readonly log: string

  constructor(code: string, errno: number, operation: string, cause: string, hint = '', log = '') {
    super(`${operation}: ${cause} (${code})`)
    this.code = code
    this.errno = errno
    this.operation = operation
    this.hint = hint
    this.log = log
  }
}
