/**
 * What the two threads of the synthetic source share: the control block, the banks of the filter and of the tables, and
 * a few words by which the host asks and the feed answers. A ring's memory lives in the ingest thread; the handle of a
 * part tells its size.
 */
import { ABI, LIMITS } from '../abi.ts'
import type { MonotonicWords } from '../monotonic.ts'
import { TableBank, type TableSizes } from './table-bank.ts'

const CONTROL_BYTES = ABI.structs.rs_control.bytes
const BANKS = 2
const FILTER_BANK_BYTES = LIMITS.filters * ABI.structs.rs_filter.bytes
const FILTERS_AT = CONTROL_BYTES

/** Words behind the filters. */
const FIRST_WORD = (FILTERS_AT + BANKS * FILTER_BANK_BYTES) / 4
const WORD = {
  wake: FIRST_WORD,
  /** Counts the changes; its last bit is the bank that is in force. */
  filters: FIRST_WORD + 1,
  filterCounts: FIRST_WORD + 2,
  tableBankAsked: FIRST_WORD + 4,
  tableBank: FIRST_WORD + 5,
  /** When the bank was changed, low word first. */
  tableTime: FIRST_WORD + 6,
  settleAsked: FIRST_WORD + 8,
  settled: FIRST_WORD + 9,
  /** By slot: a buffer's handle, NOTHING or REMOVAL. */
  asked: FIRST_WORD + 10,
  /** By slot: a buffer's handle, or NOTHING. */
  inForce: FIRST_WORD + 10 + LIMITS.slots,
  end: FIRST_WORD + 10 + 2 * LIMITS.slots,
}
const TABLES_AT = (WORD.end * 4 + 7) & ~7

export const NOTHING = 0
const REMOVAL = -1

const TABLE_SIZES: TableSizes = { connections: 4096, windows: 1024, heavy: 4096 }

const SIZE_BITS = 5
export const MIN_RING_BYTES = 4096
export const MAX_RING_BYTES = 256 * 1024 * 1024

export function newShared(): SharedArrayBuffer {
  return new SharedArrayBuffer(TABLES_AT + BANKS * TableBank.bytes(TABLE_SIZES))
}

/** Struct rs_control, as the producers read it. */
export function controlOf(shared: SharedArrayBuffer): Uint8Array {
  return new Uint8Array(shared, 0, CONTROL_BYTES)
}

export function tableBanksOf(shared: SharedArrayBuffer): [TableBank, TableBank] {
  const bank = (index: number) => new TableBank(shared, TABLES_AT + index * TableBank.bytes(TABLE_SIZES), TABLE_SIZES)
  return [bank(0), bank(1)]
}

/** @param bytes a power of two */
export function partHandle(serial: number, bytes: number): number {
  return (serial << SIZE_BITS) | Math.log2(bytes)
}

export function partCapacity(handle: number): number {
  return 2 ** (handle & ((1 << SIZE_BITS) - 1))
}

/** Each method is one thread's: the host asks, the feed answers. */
export class SharedWords {
  readonly #words: Int32Array
  readonly #filters: Uint8Array

  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared, 0, WORD.end)
    this.#filters = new Uint8Array(shared, FILTERS_AT, BANKS * FILTER_BANK_BYTES)
  }

  /** Wakes the thread in `sleep`, or the next one to enter it. */
  wake(): void {
    Atomics.store(this.#words, WORD.wake, 1)
    Atomics.notify(this.#words, WORD.wake)
  }

  /** @returns whether `wake` was called */
  sleep(milliseconds: number): boolean {
    Atomics.wait(this.#words, WORD.wake, 0, milliseconds)
    return Atomics.exchange(this.#words, WORD.wake, 0) === 1
  }

  /** The host asks for a buffer in a slot. */
  ask(slot: number, handle: number): void {
    Atomics.store(this.#words, WORD.asked + slot, handle)
  }

  askRemoval(slot: number): void {
    this.ask(slot, REMOVAL)
  }

  asked(slot: number): number {
    return Atomics.load(this.#words, WORD.asked + slot)
  }

  isRemoval(asked: number): boolean {
    return asked === REMOVAL
  }

  /** Host: takes the asking back; feed: takes it on. @returns false when the other one was first */
  claim(slot: number, asked: number): boolean {
    return Atomics.compareExchange(this.#words, WORD.asked + slot, asked, NOTHING) === asked
  }

  /** The producers write into this buffer from now on. */
  confirm(slot: number, handle: number): void {
    Atomics.store(this.#words, WORD.inForce + slot, handle)
  }

  inForce(slot: number): number {
    return Atomics.load(this.#words, WORD.inForce + slot)
  }

  /** Host: the other bank of the filter gets these rules, and is the one in force. @param bytes struct rs_filter[] */
  writeFilters(bytes: Uint8Array, count: number): void {
    const next = Atomics.load(this.#words, WORD.filters) + 1
    this.#filters.set(bytes, (next & 1) * FILTER_BANK_BYTES)
    Atomics.store(this.#words, WORD.filterCounts + (next & 1), count)
    Atomics.store(this.#words, WORD.filters, next)
  }

  /** Number of the filter that is in force; it changes with each. */
  filterVersion(): number {
    return Atomics.load(this.#words, WORD.filters)
  }

  /** The rules in force, and how many; read again when the host has put others in force meanwhile. */
  readFilters(): { version: number; bytes: Uint8Array; count: number } {
    for (;;) {
      const version = this.filterVersion()
      const at = (version & 1) * FILTER_BANK_BYTES
      const bytes = this.#filters.slice(at, at + FILTER_BANK_BYTES)
      const count = Atomics.load(this.#words, WORD.filterCounts + (version & 1))
      if (this.filterVersion() === version) return { version, bytes, count }
    }
  }

  askTableBank(bank: number): void {
    Atomics.store(this.#words, WORD.tableBankAsked, bank)
  }

  tableBankAsked(): number {
    return Atomics.load(this.#words, WORD.tableBankAsked)
  }

  /** The bank that is counted into. */
  tableBank(): number {
    return Atomics.load(this.#words, WORD.tableBank)
  }

  /** When that was begun; of the first bank, when the feed began. */
  tableTime(): MonotonicWords {
    const word = (index: number) => Atomics.load(this.#words, WORD.tableTime + index) >>> 0
    return { hi: word(1), lo: word(0) }
  }

  /** Feed: from this time on it counts into this bank. */
  confirmTableBank(bank: number, time: MonotonicWords): void {
    Atomics.store(this.#words, WORD.tableTime, time.lo)
    Atomics.store(this.#words, WORD.tableTime + 1, time.hi)
    Atomics.store(this.#words, WORD.tableBank, bank)
  }

  /** Host: @returns the number that `settled` reaches when all that had begun has ended */
  askSettle(): number {
    return Atomics.add(this.#words, WORD.settleAsked, 1) + 1
  }

  settled(): number {
    return Atomics.load(this.#words, WORD.settled)
  }

  /** Feed: nothing that it produces has begun and not ended. */
  confirmSettled(): void {
    Atomics.store(this.#words, WORD.settled, Atomics.load(this.#words, WORD.settleAsked))
  }
}
