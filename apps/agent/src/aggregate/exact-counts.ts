/**
 * Weighted counts by key, exact while they fit: an open-addressing table over keys that are read where they stand in
 * the records. A key is a tag and a range of 32-bit words. No object and no copy per event.
 */

const WORD_BYTES = 4
/** 2^32 / φ */
const MULTIPLIER = 0x9e37_79b1

export class ExactCounts {
  size = 0
  readonly #maxKeys: number
  readonly #maxWords: number
  readonly #mask: number
  /** Index of a key; 0 is free. The arrays below are by index, from 1. */
  readonly #table: Uint32Array
  readonly #tags: Uint32Array
  readonly #starts: Uint32Array
  readonly #counts: Float64Array
  readonly #words: Uint32Array

  /** @param maxKeys a power of two @param maxWords words of all keys together */
  constructor(maxKeys: number, maxWords: number) {
    this.#maxKeys = maxKeys
    this.#maxWords = maxWords
    this.#mask = maxKeys * 2 - 1
    this.#table = new Uint32Array(maxKeys * 2)
    this.#tags = new Uint32Array(maxKeys + 1)
    this.#starts = new Uint32Array(maxKeys + 2)
    this.#counts = new Float64Array(maxKeys + 1)
    this.#words = new Uint32Array(maxWords)
  }

  /**
   * Adds to the key (tag, words [at, at + length)).
   * @param hash equal for equal keys; see `hashOf` @returns false when the key is new and there is no room for it
   */
  add(hash: number, tag: number, words: Uint32Array, at: number, length: number, weight: number): boolean {
    const mask = this.#mask
    const table = this.#table
    let place = (hash ^ (hash >>> 15)) & mask
    for (;;) {
      const found = table[place] as number
      if (found === 0) return this.#insert(place, tag, words, at, length, weight)
      if (this.#tags[found] === tag && this.#equals(found, words, at, length)) {
        this.#counts[found] = (this.#counts[found] as number) + weight
        return true
      }
      place = (place + 1) & mask
    }
  }

  /** Hands over every key, as its bytes in a latin-1 string, and empties the table. */
  drain(take: (key: string, count: number) => void): void {
    const tags = Buffer.from(this.#tags.buffer)
    const words = Buffer.from(this.#words.buffer)
    for (let index = 1; index <= this.size; index += 1) {
      const tag = tags.toString('latin1', index * WORD_BYTES, (index + 1) * WORD_BYTES)
      const from = (this.#starts[index] as number) * WORD_BYTES
      const to = (this.#starts[index + 1] as number) * WORD_BYTES
      take(tag + words.toString('latin1', from, to), this.#counts[index] as number)
    }
    if (this.size > 0) this.#table.fill(0)
    this.size = 0
  }

  #insert(place: number, tag: number, words: Uint32Array, at: number, length: number, weight: number): boolean {
    const index = this.size + 1
    const start = this.#starts[index] as number
    if (index > this.#maxKeys || start + length > this.#maxWords) return false
    for (let word = 0; word < length; word += 1) this.#words[start + word] = words[at + word] as number
    this.#tags[index] = tag
    this.#counts[index] = weight
    this.#starts[index + 1] = start + length
    this.#table[place] = index
    this.size = index
    return true
  }

  #equals(index: number, words: Uint32Array, at: number, length: number): boolean {
    const start = this.#starts[index] as number
    if ((this.#starts[index + 1] as number) - start !== length) return false
    const own = this.#words
    for (let word = 0; word < length; word += 1) if (own[start + word] !== words[at + word]) return false
    return true
  }
}

/** A hash of a tag and of words [at, at + length). */
export function hashOf(tag: number, words: Uint32Array, at: number, length: number): number {
  let hash = Math.imul(tag ^ length, MULTIPLIER)
  for (let word = at; word < at + length; word += 1) hash = Math.imul(hash ^ (words[word] as number), MULTIPLIER)
  return hash
}

/** A hash for keys that their tags tell apart most of the time. */
export function hashOfTag(tag: number): number {
  return Math.imul(tag, MULTIPLIER)
}
