/** Weighted counts by key, exact while they fit: an open-addressing table over keys of 32-bit words. No object per event. */

const WORD_BYTES = 4

export class ExactCounts {
  size = 0
  readonly #maxKeys: number
  readonly #maxWords: number
  readonly #mask: number
  /** Index of the key + 1; 0 is free. */
  readonly #table: Uint32Array
  readonly #hashes: Uint32Array
  readonly #starts: Uint32Array
  readonly #counts: Float64Array
  readonly #words: Uint32Array

  /** @param maxKeys a power of two @param maxWords words of all keys together */
  constructor(maxKeys: number, maxWords: number) {
    this.#maxKeys = maxKeys
    this.#maxWords = maxWords
    this.#mask = maxKeys * 2 - 1
    this.#table = new Uint32Array(maxKeys * 2)
    this.#hashes = new Uint32Array(maxKeys)
    this.#starts = new Uint32Array(maxKeys + 1)
    this.#counts = new Float64Array(maxKeys)
    this.#words = new Uint32Array(maxWords)
  }

  /** Adds to the key in words [at, at + length). @returns false when it is new and there is no room for it */
  add(words: Uint32Array, at: number, length: number, weight: number): boolean {
    const hash = hashOf(words, at, length)
    let place = hash & this.#mask
    for (;;) {
      const found = this.#table[place] as number
      if (found === 0) break
      if (this.#hashes[found - 1] === hash && this.#equals(found - 1, words, at, length)) {
        this.#counts[found - 1] = (this.#counts[found - 1] as number) + weight
        return true
      }
      place = (place + 1) & this.#mask
    }
    const start = this.#starts[this.size] as number
    if (this.size === this.#maxKeys || start + length > this.#maxWords) return false
    for (let word = 0; word < length; word += 1) this.#words[start + word] = words[at + word] as number
    this.#hashes[this.size] = hash
    this.#counts[this.size] = weight
    this.size += 1
    this.#starts[this.size] = start + length
    this.#table[place] = this.size
    return true
  }

  /** Hands over every key, as its bytes in a latin-1 string, and empties the table. */
  drain(take: (key: string, count: number) => void): void {
    const bytes = Buffer.from(this.#words.buffer)
    for (let index = 0; index < this.size; index += 1) {
      const from = (this.#starts[index] as number) * WORD_BYTES
      const to = (this.#starts[index + 1] as number) * WORD_BYTES
      take(bytes.toString('latin1', from, to), this.#counts[index] as number)
    }
    if (this.size > 0) this.#table.fill(0)
    this.size = 0
  }

  #equals(index: number, words: Uint32Array, at: number, length: number): boolean {
    const start = this.#starts[index] as number
    if ((this.#starts[index + 1] as number) - start !== length) return false
    for (let word = 0; word < length; word += 1) if (this.#words[start + word] !== words[at + word]) return false
    return true
  }
}

function hashOf(words: Uint32Array, at: number, length: number): number {
  let hash = length
  for (let word = at; word < at + length; word += 1) {
    hash = Math.imul(hash ^ (words[word] as number), 0x9e37_79b1)
    hash ^= hash >>> 15
  }
  return hash >>> 0
}
