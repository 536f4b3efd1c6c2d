/** One column of integers while it is being written: it notices by itself when it has no information to carry. */
import { ByteWriter } from './bytes.ts'
import type { Coding } from './events.ts'
import { ENCODING } from './frame.ts'

const FIRST_TABLE = 64
const LIMIT = Number.MAX_SAFE_INTEGER

/** Codings of fields, and `unsigned` for what is never negative. */
export type ColumnCoding = Coding | 'unsigned'

export class IntColumn {
  count = 0
  private readonly out = new ByteWriter()
  private readonly coding: ColumnCoding
  private first = 0
  private previous = 0
  private step = 0
  /** Whether all values follow from the first and the step. */
  private regular = true
  private readonly dictionary: IntDictionary | null

  constructor(coding: ColumnCoding) {
    this.coding = coding
    this.dictionary = coding === 'dict' ? new IntDictionary() : null
  }

  reset(): void {
    this.count = 0
    this.previous = 0
    this.step = 0
    this.regular = true
    this.out.reset()
    this.dictionary?.reset()
  }

  /** Values beyond ±(2^53 − 1) are clamped to it. */
  push(value: number): void {
    const v = value > LIMIT ? LIMIT : value < -LIMIT ? -LIMIT : value
    if (this.count === 0) this.first = v
    if (this.coding === 'delta') {
      const difference = v - this.previous
      if (this.count === 1) this.step = difference
      else if (this.count > 1 && difference !== this.step) this.regular = false
      this.previous = v
      this.out.int(difference)
    } else {
      if (v !== this.first) this.regular = false
      if (this.dictionary !== null) this.out.uint(this.dictionary.indexOf(v))
      else if (this.coding === 'unsigned') this.out.uint(v)
      else this.out.int(v)
    }
    this.count++
  }

  /** Appends the column with its header, or nothing when it holds no value. Returns the number of columns written. */
  write(id: number, into: ByteWriter, scratch: ByteWriter): number {
    if (this.count === 0) return 0
    scratch.reset()
    let encoding: number
    if (this.regular) {
      encoding = this.step === 0 ? ENCODING.same : ENCODING.step
      scratch.int(this.first)
      if (this.step !== 0) scratch.int(this.step)
    } else if (this.dictionary !== null) {
      encoding = ENCODING.dict
      this.dictionary.write(scratch)
      scratch.raw(this.out.u8, 0, this.out.length)
    } else {
      encoding = this.coding === 'delta' ? ENCODING.delta : this.coding === 'unsigned' ? ENCODING.uint : ENCODING.int
      return writeColumn(into, id, encoding, this.out)
    }
    return writeColumn(into, id, encoding, scratch)
  }

  get bytes(): number {
    return this.out.length
  }
}

/** [COL1] id, encoding, byte length, payload. */
export function writeColumn(into: ByteWriter, id: number, encoding: number, payload: ByteWriter): number {
  into.byte(id)
  into.byte(encoding)
  into.uint(payload.length)
  into.raw(payload.u8, 0, payload.length)
  return 1
}

class IntDictionary {
  private values = new Float64Array(FIRST_TABLE)
  private count = 0
  private table = new Uint32Array(FIRST_TABLE * 2)
  private lastIndex = 0

  reset(): void {
    this.count = 0
    this.lastIndex = 0
    this.table.fill(0)
  }

  indexOf(value: number): number {
    if (this.count > 0 && this.values[this.lastIndex] === value) return this.lastIndex
    const mask = this.table.length - 1
    let place = mix(value) & mask
    for (;;) {
      const found = this.table[place] as number
      if (found === 0) return this.add(place, value)
      if (this.values[found - 1] === value) {
        this.lastIndex = found - 1
        return found - 1
      }
      place = (place + 1) & mask
    }
  }

  write(out: ByteWriter): void {
    out.uint(this.count)
    for (let i = 0; i < this.count; i++) out.int(this.values[i] as number)
  }

  private add(place: number, value: number): number {
    const index = this.count++
    this.values[index] = value
    this.table[place] = index + 1
    this.lastIndex = index
    if (this.count === this.values.length) this.grow()
    return index
  }

  private grow(): void {
    const values = new Float64Array(this.values.length * 2)
    values.set(this.values)
    this.values = values
    this.table = new Uint32Array(this.table.length * 2)
    const mask = this.table.length - 1
    for (let i = 0; i < this.count; i++) {
      let place = mix(this.values[i] as number) & mask
      while (this.table[place] !== 0) place = (place + 1) & mask
      this.table[place] = i + 1
    }
  }
}

function mix(value: number): number {
  const high = Math.floor(value / 0x1_0000_0000)
  const word = Math.imul((value | 0) ^ Math.imul(high | 0, 0x85eb_ca6b), 0x9e37_79b1)
  return (word ^ (word >>> 15)) >>> 0
}
