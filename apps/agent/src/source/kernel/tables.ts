/** What is counted in the kernel: exchanges the banks, waits until nobody counts into the old one, and takes what it holds. */
import { type BpfMap, type BpfObject, type Entries, monotonicNs } from '@ringside/native'
import { ABI, LIMITS } from '../abi.ts'
import type { TableWindow } from '../source.ts'
import type { Grace } from './grace.ts'
import type { Plan } from './plan.ts'
import { BANKS } from './programs.ts'
import { takeSketches } from './sketches.ts'

const { rs_window_sum } = ABI.structs

export class KernelTables {
  readonly #plan: Plan
  readonly #grace: Grace
  readonly #cpus: number
  readonly #seeds: Uint32Array
  readonly #sketches: BpfMap
  /** By bank. */
  readonly #connections: readonly BpfMap[]
  readonly #windows: readonly BpfMap[]
  readonly #heavy: readonly BpfMap[]
  #from = monotonicNs()

  constructor(object: BpfObject, cpus: number, seeds: Uint32Array, plan: Plan, grace: Grace) {
    const banksOf = (name: string) => Array.from({ length: BANKS }, (_, bank) => object.map(`${name}_${bank}`))
    this.#plan = plan
    this.#grace = grace
    this.#cpus = cpus
    this.#seeds = seeds
    this.#sketches = object.map('sketches')
    this.#connections = banksOf('connections')
    this.#windows = banksOf('windows')
    this.#heavy = banksOf('heavy')
  }

  /** One call at a time. */
  async take(): Promise<TableWindow> {
    const bank = this.#plan.tableBank
    const from = this.#from
    const to = monotonicNs()
    this.#plan.tableBank = 1 - bank
    this.#from = to
    await this.#grace.pass()
    const sketches = this.#cpus * LIMITS.levels
    const [connections, windows, heavy, sums] = await Promise.all([
      bankOf(this.#connections, bank).drainAsync(),
      bankOf(this.#windows, bank).drainAsync(),
      bankOf(this.#heavy, bank).drainAsync(),
      takeSketches(this.#sketches, bank * sketches, sketches),
    ])
    return {
      from,
      to,
      connections: { keys: connections.keys, sums: connections.values },
      windows: { keys: windows.keys, sums: sumOverCpus(windows.values, this.#cpus) },
      heavy: { keys: heavy.keys, names: heavy.values },
      totals: sums.totals,
      cells: sums.cells,
      seeds: this.#seeds.slice(),
      bytesRead: sums.bytesRead + [connections, windows, heavy].reduce((sum, entries) => sum + bytesOf(entries), 0),
    }
  }
}

function bankOf(banks: readonly BpfMap[], bank: number): BpfMap {
  const map = banks[bank]
  if (!map) throw new RangeError(`no bank ${bank}`)
  return map
}

function bytesOf({ keys, values }: Entries): number {
  return keys.length + values.length
}

/** @param values for each key struct rs_window_sum of every possible CPU @returns for each key one */
function sumOverCpus(values: Uint8Array, cpus: number): Uint8Array {
  const words = rs_window_sum.bytes / 8
  const perCpu = new BigUint64Array(values.buffer, values.byteOffset, values.byteLength / 8)
  const sums = new BigUint64Array(perCpu.length / cpus)
  perCpu.forEach((value, at) => {
    const key = Math.floor(at / (cpus * words))
    const sum = key * words + (at % words)
    sums[sum] = (sums[sum] ?? 0n) + value
  })
  return new Uint8Array(sums.buffer)
}
