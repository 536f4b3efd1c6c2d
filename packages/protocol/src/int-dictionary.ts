/** Integers of which a column has few different ones: each is written once, the rows by index. SPEC.md [COL3] dict. */
import { type ByteWriter, putUint } from './bytes.ts'

const FIRST_VALUES = 64

export class IntDictionary {
  private values = new Float64Array(FIRST_VALUES)
  private count = 0
  /** Index + 1 by hash, open addressing; 0 is free. */
  private table = new Uint32Array(FIRST_VALUES * 2)
  private indexes = new Uint32Array(FIRST_VALUES)

  /** `out` has room for ten bytes a value. */
  encode(values: Float64Array, count: number, out: ByteWriter): void {
    this.collect(values, count)
    out.uint(this.count)
    for (let i = 0; i < this.count; i++) out.int(this.values[i] as number)
    out.reserve(count * 5)
    const u8 = out.u8
    let at = out.length
    for (let i = 0; i < count; i++) {
      const index = this.indexes[i] as number
      if (index < 128) u8[at++] = index
      else at = putUint(u8, at, index)
    }
    out.length = at
  }

  private collect(values: Float64Array, count: number): void {
    this.count = 0
    this.table.fill(0)
    if (this.indexes.length < count) this.indexes = new Uint32Array(count * 2)
    let last = Number.NaN
    let index = 0
    for (let i = 0; i < count; i++) {
      const value = values[i] as number
      if (value !== last) index = this.indexOf(value)
      last = value
      this.indexes[i] = index
    }
  }

  private indexOf(value: number): number {
    const mask = this.table.length - 1
    let place = mix(value) & mask
    for (;;) {
      const found = this.table[place] as number
      if (found === 0) return this.add(place, value)
      if (this.values[found - 1] === value) return found - 1
      place = (place + 1) & mask
    }
  }

  private add(place: number, value: number): number {
    const index = this.count++
    this.values[index] = value
    this.table[place] = index + 1
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
