/** The rows of the ledger as the synthetic producers write them: 64-bit counters, stream numbers, the sampling draw. */
import { ABI, LIMITS } from '../abi.ts'

const { rs_row } = ABI.structs
const RATE_ALL = 0xffff_ffff
const LCG_MULTIPLIER = 6364136223846793005n
const LCG_INCREMENT = 1442695040888963407n
/** 2^64 / φ: gives each row's draw a start of its own. */
const SPREAD = 0x9e3779b97f4a7c15n

export class LedgerRows {
  /** cpus × RS_ROWS × struct rs_row. */
  readonly bytes: Uint8Array
  readonly #words: Uint32Array

  constructor(cpus: number, seed: number) {
    this.bytes = new Uint8Array(cpus * LIMITS.rows * rs_row.bytes)
    this.#words = new Uint32Array(this.bytes.buffer)
    const states = new DataView(this.bytes.buffer)
    for (let row = 0; row < cpus * LIMITS.rows; row += 1) {
      const state = BigInt.asUintN(64, (BigInt(seed) + 1n) * SPREAD * BigInt(row + 1))
      states.setBigUint64(row * rs_row.bytes + rs_row.members.lcg, state, true)
    }
  }

  /** + 1 to the 64-bit word at a byte offset. */
  add(at: number): void {
    const word = at >>> 2
    const low = ((this.#words[word] as number) + 1) >>> 0
    this.#words[word] = low
    if (low === 0) this.#words[word + 1] = (this.#words[word + 1] as number) + 1
  }

  /** The next number of a slot's stream in the row at `row`, written to `to`. */
  number(row: number, slot: number, to: DataView, toAt: number): void {
    const at = row + rs_row.members.seq + slot * 8
    this.add(at)
    to.setUint32(toAt, this.#words[at >>> 2] as number, true)
    to.setUint32(toAt + 4, this.#words[(at >>> 2) + 1] as number, true)
  }

  /** Whether an event is kept under this threshold: draws from the row at `row`. */
  keeps(row: number, rate: number): boolean {
    if (rate === RATE_ALL) return true
    if (rate === 0) return false
    const word = (row + rs_row.members.lcg) / 4
    const state = (BigInt(this.#words[word + 1] as number) << 32n) | BigInt(this.#words[word] as number)
    const next = BigInt.asUintN(64, state * LCG_MULTIPLIER + LCG_INCREMENT)
    const draw = Number(next >> 32n)
    this.#words[word] = Number(next & 0xffff_ffffn)
    this.#words[word + 1] = draw
    return draw < rate
  }
}
