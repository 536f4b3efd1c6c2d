/**
 * The heaviest keys of one kind, from the kernel's sketch and the candidates that it noted: what each counted in the
 * last window, and since it became known. What it counted before is in no total: the sketch of a long time holds mostly
 * what others counted. In bounded memory: the lightest known are forgotten, and begin anew when they are noted again. Pure.
 */
import type { HeavyTable } from '@ringside/protocol'
import { ABI } from '../source/abi.ts'
import { describeKey, type KeyText } from './keys.ts'
import { cellsOfKind, EPSILON, estimateOf } from './sketch.ts'

const { rs_heavy_key, rs_heavy } = ABI.structs
const KEY = rs_heavy_key.members

export interface HeavyRow extends KeyText {
  /** At least the true count of the last window, and of all windows since `sinceMs`: see `tables` of the protocol. */
  count: number
  total: number
  totalErrorBound: number
  sinceMs: number
}

interface Known {
  /** Its struct rs_heavy_key. */
  view: DataView
  text: KeyText
  count: number
  total: number
  totalErrorBound: number
  sinceMs: number
}

/** What the kernel noted of candidates, and counted: see `TableWindow`. */
export interface Counted {
  heavy: { keys: Uint8Array; names: Uint8Array }
  /** Events counted, by kind. */
  totals: Float64Array
  cells: Float64Array
  seeds: Uint32Array
}

export class HeavyKeys {
  readonly #table: HeavyTable
  readonly #kind: number
  readonly #capacity: number
  readonly #known = new Map<string, Known>()

  /** @param kind enum rs_kind */
  constructor(table: HeavyTable, kind: number, capacity: number) {
    this.#table = table
    this.#kind = kind
    this.#capacity = capacity
  }

  clear(): void {
    this.#known.clear()
  }

  /**
   * Keys that were known before are asked for as well: a full table of candidates may lack them. The bounds of windows
   * add up, and hold together but for the DELTA of one: the rows of the sketch stay what they are, however many the windows.
   * @param fromMs when the window began
   */
  merge({ heavy, totals, cells, seeds }: Counted, fromMs: number): void {
    this.#learn(heavy.keys, heavy.names, fromMs)
    const counted = cellsOfKind(cells, this.#kind)
    const errorBound = EPSILON * (totals[this.#kind] ?? 0)
    for (const known of this.#known.values()) {
      known.count = estimateOf(known.view, 0, counted, seeds)
      known.total += known.count
      known.totalErrorBound += errorBound
    }
    this.#forget()
  }

  /** The heaviest of the last window, first; equal ones by their totals. */
  heaviest(rows: number): HeavyRow[] {
    return [...this.#known.values()]
      .sort((a, b) => b.count - a.count || b.total - a.total)
      .slice(0, rows)
      .map(({ text, view: _, ...counts }) => ({ ...text, ...counts }))
  }

  #learn(keys: Uint8Array, names: Uint8Array, sinceMs: number): void {
    const raw = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength)
    for (let index = 0; index * rs_heavy_key.bytes < raw.length; index += 1) {
      const key = raw.subarray(index * rs_heavy_key.bytes, (index + 1) * rs_heavy_key.bytes)
      if (key.readUInt32LE(KEY.kind) !== this.#kind) continue
      const name = names.subarray(index * rs_heavy.bytes, (index + 1) * rs_heavy.bytes)
      const text = this.#describe(key, name)
      const id = key.toString('latin1')
      const known = this.#known.get(id)
      if (known === undefined) {
        const view = new DataView(Uint8Array.from(key).buffer)
        this.#known.set(id, { view, text, count: 0, total: 0, totalErrorBound: 0, sinceMs })
      } else known.text = text
    }
  }

  /** A process is told by its pid, whatever its name is now. */
  #describe(key: Buffer, name: Uint8Array): KeyText {
    const tag = key.toString('latin1', KEY.tag, KEY.bytes)
    if (this.#table !== 'process') return describeKey(this.#table, tag + key.toString('latin1', KEY.bytes))
    const text = describeKey('process', tag + Buffer.from(name).toString('latin1'))
    return { ...text, key: String(text.id) }
  }

  #forget(): void {
    const tooMany = this.#known.size - this.#capacity
    if (tooMany <= 0) return
    const lightest = [...this.#known].sort(([, a], [, b]) => a.count - b.count || a.total - b.total).slice(0, tooMany)
    for (const [key] of lightest) this.#known.delete(key)
  }
}
