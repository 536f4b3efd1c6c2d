/** A kernel timer that fires in interrupt context on one CPU, however busy that CPU is. For tests and self-tests. */
import { addon, type NativeTicker } from './addon.ts'
import { checkInteger } from './arguments.ts'

const HZ_MAX = 100_000
const CPU_MAX = 2 ** 16

export class Ticker {
  readonly #native: NativeTicker

  constructor(hz: number, cpu: number) {
    checkInteger('start a timer', 'hz', hz, 1, HZ_MAX)
    checkInteger('start a timer', 'cpu', cpu, 0, CPU_MAX)
    this.#native = new addon.Ticker(hz, cpu)
  }

  /** How often it has fired. */
  get expirations(): number {
    return this.#native.expirations()
  }

  close(): void {
    this.#native.close()
  }
}
