/** Growing byte buffer with varints, and its counterpart that reads any bytes without throwing. SPEC.md [COL4]. */

const TWO_31 = 0x8000_0000
const LIMIT = Number.MAX_SAFE_INTEGER
/** More than any varint takes, so that one check is enough before writing it. */
export const VARINT_MAX_BYTES = 10

export class ByteWriter {
  u8: Uint8Array
  length = 0

  constructor(capacity = 256) {
    this.u8 = new Uint8Array(capacity)
  }

  reset(): void {
    this.length = 0
  }

  reserve(bytes: number): void {
    if (this.length + bytes <= this.u8.length) return
    const grown = new Uint8Array(Math.max(this.u8.length * 2, this.length + bytes))
    grown.set(this.u8.subarray(0, this.length))
    this.u8 = grown
  }

  byte(value: number): void {
    this.reserve(1)
    this.u8[this.length++] = value
  }

  /** Unsigned varint. */
  uint(value: number): void {
    this.reserve(VARINT_MAX_BYTES)
    this.length = putUint(this.u8, this.length, value)
  }

  /** Zig-zag varint. */
  int(value: number): void {
    this.reserve(VARINT_MAX_BYTES)
    this.length = putInt(this.u8, this.length, value)
  }

  raw(u8: Uint8Array, at: number, length: number): void {
    this.reserve(length)
    copyBytes(u8, at, this.u8, this.length, length)
    this.length += length
  }
}

/** Bytes of an unsigned varint. */
export function uintBytes(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  let bytes = 4
  for (let rest = Math.min(value, LIMIT) / 0x1000_0000; rest >= 1; rest /= 128) bytes++
  return bytes
}

/** Bytes of a zig-zag varint. */
export function intBytes(value: number): number {
  const magnitude = value < 0 ? -value - 1 : value
  return magnitude < 64 ? 1 : 1 + uintBytes(Math.min(magnitude, LIMIT) / 64)
}

/** Writes into `u8`, which has the room, and returns the place after it. Beyond 2^53 − 1 is clamped to it. */
export function putUint(u8: Uint8Array, at: number, value: number): number {
  let to = at
  let rest = value
  if (rest >= TWO_31) {
    rest = Math.min(rest, LIMIT)
    while (rest >= TWO_31) {
      u8[to++] = (rest & 127) | 128
      rest = Math.floor(rest / 128)
    }
  }
  while (rest > 127) {
    u8[to++] = (rest & 127) | 128
    rest >>>= 7
  }
  u8[to++] = rest
  return to
}

/** Zig-zag: the sign is the lowest bit. Exact although twice the value may not fit a double; clamped likewise. */
export function putInt(u8: Uint8Array, at: number, value: number): number {
  const sign = value < 0 ? 1 : 0
  const magnitude = sign === 1 ? -value - 1 : value
  if (magnitude < 64) {
    u8[at] = (magnitude << 1) | sign
    return at + 1
  }
  if (magnitude < TWO_31) {
    u8[at] = ((magnitude & 63) << 1) | sign | 128
    return putUint(u8, at + 1, magnitude >>> 6)
  }
  const clamped = Math.min(magnitude, LIMIT - sign)
  u8[at] = ((clamped & 63) << 1) | sign | 128
  return putUint(u8, at + 1, Math.floor(clamped / 64))
}

/** A loop for what is short (names, paths), where a view would cost more than the copy. */
function copyBytes(from: Uint8Array, at: number, to: Uint8Array, toAt: number, length: number): void {
  if (length > 128) {
    to.set(from.subarray(at, at + length), toAt)
    return
  }
  for (let i = 0; i < length; i++) to[toAt + i] = from[at + i] as number
}

/** Reads within [at, end). After a bad read `bad` stays true and everything that is read is 0. */
export class ByteReader {
  u8: Uint8Array
  at: number
  end: number
  bad = false

  constructor(u8: Uint8Array, at: number, end: number) {
    this.u8 = u8
    this.at = at
    this.end = end
  }

  fail(): 0 {
    this.bad = true
    this.at = this.end
    return 0
  }

  byte(): number {
    return this.at < this.end ? (this.u8[this.at++] as number) : this.fail()
  }

  uint(): number {
    return this.#varint(0, 1)
  }

  int(): number {
    const first = this.byte()
    const low = (first & 127) >>> 1
    const magnitude = first < 128 ? low : this.#varint(low, 64)
    return (first & 1) === 0 || this.bad ? magnitude : -magnitude - 1
  }

  #varint(low: number, scale: number): number {
    let value = low
    let factor = scale
    for (;;) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (value > LIMIT) return this.fail()
      if (byte < 128) return value
      factor *= 128
      if (factor > LIMIT) return this.fail()
    }
  }
}
