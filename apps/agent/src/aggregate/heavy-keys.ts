/**
 * The heaviest keys of one kind, from the kernel's sketch and the candidates that it noted: what each counted in the
 * last window, and altogether. In bounded memory: the lightest known are forgotten. Pure.
 */
import type { HeavyTable } from '@ringside/protocol'
import { ABI, LIMITS } from '../source/abi.ts'
import { describeKey, type KeyText } from './keys.ts'
import { cellsOfKind, estimateOf } from './sketch.ts'

const { rs_heavy_key, rs_heavy } = ABI.structs
const KEY = rs_heavy_key.members

export interface HeavyRow extends KeyText {
  /** At least the true count of the last window, and of all windows. */
  count: number
  total: number
}

interface Known {
  /** Its struct rs_heavy_key. */
  view: DataView
  text: KeyText
  count: number
  total: number
}

/** What the kernel noted of candidates, and counted: see `TableWindow`. */
export interface Counted {
  heavy: { keys: Uint8Array; names: Uint8Array }
  cells: Float64Array
  seeds: Uint32Array
}

export class HeavyKeys {
  readonly #table: HeavyTable
  readonly #kind: number
  readonly #capacity: number
  readonly #known = new Map<string, Known>()
  /** Cells of its kind, summed over the windows before: what a key counted before it was known. */
  readonly #past = new Float64Array(LIMITS.sketchRows * LIMITS.sketchCells)

  /** @param kind enum rs_kind */
  constructor(table: HeavyTable, kind: number, capacity: number) {
    this.#table = table
    this.#kind = kind
    this.#capacity = capacity
  }

  clear(): void {
    this.#known.clear()
    this.#past.fill(0)
  }

  /** Keys that were known before are asked for as well: a full table of candidates may lack them. */
  merge({ heavy, cells, seeds }: Counted): void {
    this.#learn(heavy.keys, heavy.names, seeds)
    const counted = cellsOfKind(cells, this.#kind)
    for (const known of this.#known.values()) {
      known.count = estimateOf(known.view, 0, counted, seeds)
      known.total += known.count
    }
    for (const [cell, count] of counted.entries()) this.#past[cell] = (this.#past[cell] as number) + count
    this.#forget()
  }

  /** The heaviest of the last window, first; equal ones by what they counted altogether. */
  heaviest(rows: number): HeavyRow[] {
    return [...this.#known.values()]
      .sort((a, b) => b.count - a.count || b.total - a.total)
      .slice(0, rows)
      .map(({ text, count, total }) => ({ ...text, count, total }))
  }

  #learn(keys: Uint8Array, names: Uint8Array, seeds: Uint32Array): void {
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
        this.#known.set(id, { view, text, count: 0, total: estimateOf(view, 0, this.#past, seeds) })
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
