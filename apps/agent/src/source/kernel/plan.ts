/** The plan that the programs go by: which bank is in use, and which slots have a ring per CPU. */
import type { BpfMap } from '@ringside/native'
import { ABI } from '../abi.ts'

const WORD_BYTES = 4
const { filter_bank, filters, table_bank, by_cpu } = ABI.structs.rs_plan.members

/** A map's 32-bit key or value. */
export function word(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}

/** struct rs_plan: which bank is in use, and which slots have a ring per CPU. One writer. */
export class Plan {
  readonly #map: BpfMap

  constructor(map: BpfMap) {
    this.#map = map
  }

  get filterBank(): number {
    return this.#read(filter_bank)
  }

  set filterBank(bank: number) {
    this.#map.write(filter_bank, word(bank))
  }

  get tableBank(): number {
    return this.#read(table_bank)
  }

  set tableBank(bank: number) {
    this.#map.write(table_bank, word(bank))
  }

  filterCount(bank: number): number {
    return this.#read(filters + bank * WORD_BYTES)
  }

  setFilterCount(bank: number, count: number): void {
    this.#map.write(filters + bank * WORD_BYTES, word(count))
  }

  byCpu(slot: number): boolean {
    return this.#read(by_cpu + slot * WORD_BYTES) !== 0
  }

  setByCpu(slot: number, on: boolean): void {
    this.#map.write(by_cpu + slot * WORD_BYTES, word(on ? 1 : 0))
  }

  #read(offset: number): number {
    const bytes = new Uint8Array(WORD_BYTES)
    this.#map.read(offset, bytes)
    return new DataView(bytes.buffer).getUint32(0, true)
  }
}
