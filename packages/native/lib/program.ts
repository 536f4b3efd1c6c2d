/** A loaded BPF program. Made from a descriptor, which is valid in every thread of the process. */
import { addon, type NativeProgram, type ProgramInfo } from './addon.ts'
import { checkBytes, checkInteger } from './arguments.ts'

const FD_MAX = 2 ** 31 - 1
const CPU_MAX = 2 ** 16
const ANY_CPU = -1

export class BpfProgram {
  readonly fd: number
  readonly #native: NativeProgram

  private constructor(native: NativeProgram) {
    this.#native = native
    this.fd = native.fd()
  }

  /** Duplicates the descriptor. */
  static fromFd(fd: number): BpfProgram {
    checkInteger('open a program', 'fd', fd, 0, FD_MAX)
    return new BpfProgram(new addon.Program(fd))
  }

  /**
   * Runs the program once with `context` as its arguments (BPF_PROG_TEST_RUN), on the thread's own CPU, or in an
   * interrupt on another.
   * @returns the program's return value
   */
  testRun(context: Uint8Array, options: { cpu?: number } = {}): number {
    checkBytes('run a program', 'context', context)
    if (options.cpu !== undefined) checkInteger('run a program', 'cpu', options.cpu, 0, CPU_MAX)
    return this.#native.testRun(context, options.cpu ?? ANY_CPU)
  }

  info(): ProgramInfo {
    return this.#native.info()
  }

  close(): void {
    this.#native.close()
  }
}
