/** Gives equal byte strings the same small number within one frame, without making a JavaScript string. */
import type { ByteWriter } from './bytes.ts'

const FIRST_TABLE = 1024

/** Index 0 is the empty string, always there. */
export class Interner {
  count = 1
  bytes = 0
  private blob = new Uint8Array(4096)
  /** String i is [starts[i], starts[i + 1]). */
  private starts = new Uint32Array(512)
  private hashes = new Uint32Array(512)
  private table = new Uint32Array(FIRST_TABLE)

  reset(): void {
    this.count = 1
    this.bytes = 0
    this.table.fill(0)
  }

  intern(u8: Uint8Array, at: number, length: number): number {
    if (length === 0) return 0
    const hash = hashOf(u8, at, length)
    const mask = this.table.length - 1
    let place = hash & mask
    for (;;) {
      const index = this.table[place] as number
      if (index === 0) return this.add(place, hash, u8, at, length)
      if (this.hashes[index] === hash && this.equals(index, u8, at, length)) return index
      place = (place + 1) & mask
    }
  }

  equals(index: number, u8: Uint8Array, at: number, length: number): boolean {
    const start = this.starts[index] as number
    if ((this.starts[index + 1] as number) - start !== length) return false
    const blob = this.blob
    for (let i = 0; i < length; i++) if (blob[start + i] !== u8[at + i]) return false
    return true
  }

  /** Lengths of all strings but the first. */
  writeLengths(out: ByteWriter): void {
    for (let index = 1; index < this.count; index++) out.uint(this.lengthOf(index))
  }

  writeBytes(out: ByteWriter): void {
    out.raw(this.blob, 0, this.bytes)
  }

  private lengthOf(index: number): number {
    return (this.starts[index + 1] as number) - (this.starts[index] as number)
  }

  private add(place: number, hash: number, u8: Uint8Array, at: number, length: number): number {
    const index = this.count++
    if (index + 1 >= this.starts.length) {
      this.starts = grownWords(this.starts)
      this.hashes = grownWords(this.hashes)
    }
    if (this.bytes + length > this.blob.length) this.growBlob(length)
    this.hashes[index] = hash
    for (let i = 0; i < length; i++) this.blob[this.bytes + i] = u8[at + i] as number
    this.bytes += length
    this.starts[index + 1] = this.bytes
    this.table[place] = index
    if (this.count * 2 > this.table.length) this.rehash()
    return index
  }

  private growBlob(length: number): void {
    const grown = new Uint8Array(Math.max(this.blob.length * 2, this.bytes + length))
    grown.set(this.blob)
    this.blob = grown
  }

  private rehash(): void {
    this.table = new Uint32Array(this.table.length * 2)
    const mask = this.table.length - 1
    for (let index = 1; index < this.count; index++) {
      let place = (this.hashes[index] as number) & mask
      while (this.table[place] !== 0) place = (place + 1) & mask
      this.table[place] = index
    }
  }
}

export function grownWords(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(words.length * 2)
  grown.set(words)
  return grown
}

/** Multiplies once per four bytes, in the manner of FNV; a last mix, since the table takes the low bits. */
function hashOf(u8: Uint8Array, at: number, length: number): number {
  let hash = 0x811c_9dc5 ^ length
  const end = at + length
  let i = at
  for (; i + 4 <= end; i += 4) {
    const word =
      (u8[i] as number) | ((u8[i + 1] as number) << 8) | ((u8[i + 2] as number) << 16) | ((u8[i + 3] as number) << 24)
    hash = Math.imul(hash ^ word, 0x9e37_79b1)
    hash ^= hash >>> 15
  }
  for (; i < end; i++) hash = Math.imul(hash ^ (u8[i] as number), 0x0100_0193)
  return (hash ^ (hash >>> 15)) >>> 0
}
