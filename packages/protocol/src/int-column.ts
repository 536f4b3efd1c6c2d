/** One column of integers while it is being written. Its values are kept raw, since a loop over them is what is fast. */
import { type ByteWriter, intBytes, putInt, putUint, uintBytes, VARINT_MAX_BYTES } from './bytes.ts'
import type { Coding } from './events.ts'
import { ENCODING } from './frame.ts'
import { IntDictionary } from './int-dictionary.ts'

const FIRST_VALUES = 256

/** Codings of fields, and `unsigned` for what is never negative. */
export type ColumnCoding = Coding | 'unsigned'

export class IntColumn {
  count = 0
  private values = new Float64Array(FIRST_VALUES)
  /** Values that `maxBytes` has measured, and their bytes. */
  private measured = 0
  private measuredBytes = 0
  private readonly coding: ColumnCoding
  private readonly dictionary: IntDictionary | null

  constructor(coding: ColumnCoding) {
    this.coding = coding
    this.dictionary = coding === 'dict' ? new IntDictionary() : null
  }

  reset(): void {
    this.count = 0
    this.measured = 0
    this.measuredBytes = 0
  }

  /** [COL4] Values beyond ±(2^53 − 1) become it on the wire: a system call's 64-bit result may be anything. */
  push(value: number): void {
    if (this.count === this.values.length) this.grow()
    this.values[this.count++] = value
  }

  /** The payload takes no more than this, whichever encoding it gets. Only values since the last call are looked at. */
  maxBytes(): number {
    const { values, count, coding } = this
    let bytes = 0
    for (let i = this.measured; i < count; i++) {
      const value = values[i] as number
      if (coding === 'unsigned') bytes += uintBytes(value)
      else if (coding === 'delta' && i > 0) bytes += intBytes(value - (values[i - 1] as number))
      else bytes += intBytes(value)
    }
    this.measured = count
    this.measuredBytes += bytes
    const indexes = coding === 'dict' ? (count + 1) * uintBytes(count) : 0
    return this.measuredBytes + indexes + 2 * VARINT_MAX_BYTES
  }

  /** [COL6] Appends the column with its header, or nothing when it holds no value. Returns the columns written. */
  write(id: number, into: ByteWriter, scratch: ByteWriter): number {
    if (this.count === 0) return 0
    if (this.coding === 'delta') clamp(this.values, this.count)
    const step = this.regularStep()
    scratch.reset()
    let encoding: number
    if (step !== null) {
      encoding = step === 0 ? ENCODING.same : ENCODING.step
      scratch.int(this.values[0] as number)
      if (step !== 0) scratch.int(step)
    } else {
      scratch.reserve(this.count * VARINT_MAX_BYTES)
      encoding = this.encode(scratch)
    }
    return writeColumn(into, id, encoding, scratch)
  }

  /** The difference between all neighbours, or null when it is not one and the same. Only deltas may step. */
  private regularStep(): number | null {
    const { values, count } = this
    const first = values[0] as number
    const step = count > 1 && this.coding === 'delta' ? (values[1] as number) - first : 0
    for (let i = 1; i < count; i++) if (values[i] !== (values[i - 1] as number) + step) return null
    return step
  }

  private encode(out: ByteWriter): number {
    if (this.dictionary !== null) {
      this.dictionary.encode(this.values, this.count, out)
      return ENCODING.dict
    }
    if (this.coding === 'unsigned') {
      out.length = putUints(this.values, this.count, out.u8, out.length)
      return ENCODING.uint
    }
    if (this.coding === 'delta') {
      out.length = putDeltas(this.values, this.count, out.u8, out.length)
      return ENCODING.delta
    }
    out.length = putInts(this.values, this.count, out.u8, out.length)
    return ENCODING.int
  }

  private grow(): void {
    const grown = new Float64Array(this.values.length * 2)
    grown.set(this.values)
    this.values = grown
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

/** Before differences are taken, since a difference of clamped values is not a clamped difference. */
function clamp(values: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) values[i] = Math.min(values[i] as number, Number.MAX_SAFE_INTEGER)
}

function putUints(values: Float64Array, count: number, u8: Uint8Array, at: number): number {
  let to = at
  for (let i = 0; i < count; i++) {
    const value = values[i] as number
    if (value < 128) u8[to++] = value
    else to = putUint(u8, to, value)
  }
  return to
}

function putInts(values: Float64Array, count: number, u8: Uint8Array, at: number): number {
  let to = at
  for (let i = 0; i < count; i++) to = putInt(u8, to, values[i] as number)
  return to
}

function putDeltas(values: Float64Array, count: number, u8: Uint8Array, at: number): number {
  let to = at
  let previous = 0
  for (let i = 0; i < count; i++) {
    const value = values[i] as number
    to = putInt(u8, to, value - previous)
    previous = value
  }
  return to
}
