/** Copies of the records that some demand keeps until the flush, each once, with its completion behind it. */
import type { Records } from './records.ts'
import { sizeOf } from './scan.ts'
import { COMPLETION } from './sockets.ts'

const FIRST_WORDS = 64 * 1024
/** Beyond this the window is flushed early. */
const FULL_WORDS = 4 * 1024 * 1024
const LENGTH_MASK = 0xffff
const COMPLETED = 0x1_0000

export class HeldRecords {
  u8 = new Uint8Array(FIRST_WORDS * 4)
  words = new Uint32Array(this.u8.buffer)
  /** 0 stands for nowhere. */
  #end = 1

  get full(): boolean {
    return this.#end >= FULL_WORDS
  }

  /** @returns a place for `recordAt` and `completionAt` */
  hold({ words: from, at, completion }: Records, index: number): number {
    const record = at[index] as number
    const completed = completion[index] as number
    const length = (sizeOf(from, record) + 3) >>> 2
    const needed = 1 + length + (completed === 0 ? 0 : COMPLETION.words)
    if (this.#end + needed > this.words.length) this.#grow()
    const place = this.#end
    const to = this.words
    to[place] = length | (completed === 0 ? 0 : COMPLETED)
    for (let word = 0; word < length; word += 1) to[place + 1 + word] = from[record + word] as number
    for (let word = length; word < needed - 1; word += 1)
      to[place + 1 + word] = from[completed + word - length] as number
    this.#end = place + needed
    return place
  }

  recordAt(place: number): number {
    return place + 1
  }

  /** 0 where the record has no completion. */
  completionAt(place: number): number {
    const head = this.words[place] as number
    return (head & COMPLETED) === 0 ? 0 : place + 1 + (head & LENGTH_MASK)
  }

  clear(): void {
    this.#end = 1
  }

  #grow(): void {
    const u8 = new Uint8Array(this.u8.length * 2)
    u8.set(this.u8)
    this.u8 = u8
    this.words = new Uint32Array(u8.buffer)
  }
}
