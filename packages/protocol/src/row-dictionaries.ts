/** What rows have in common, told once per frame: kinds (type, slot, CPU, level, version, rate), streams and tasks. */
import type { ByteWriter } from './bytes.ts'
import { grownWords, type Interner } from './interner.ts'
import { RATE_ALL } from './words.ts'

/** What a packed kind holds besides its stream. */
const HAS_TASK = 1 << 10
const STREAM_BITS = 0x7fff_83f0

/** [KIND1] Bits of a packed kind: type 4, slot 4, level 2, task 1, version 4, CPU 16. Every input is masked. */
export function packKind(
  type: number,
  slot: number,
  cpu: number,
  level: number,
  hasTask: boolean,
  version: number,
): number {
  const row = (type & 15) | ((slot & 15) << 4) | ((level & 3) << 8) | (hasTask ? HAS_TASK : 0)
  return row | ((version & 15) << 11) | ((cpu & 0xffff) << 15)
}

/** The other way round: one reader for each part of packKind. */
export const KIND = {
  type: (packed: number): number => packed & 15,
  slot: (packed: number): number => (packed >>> 4) & 15,
  level: (packed: number): number => (packed >>> 8) & 3,
  hasTask: (packed: number): boolean => (packed & HAS_TASK) !== 0,
  version: (packed: number): number => (packed >>> 11) & 15,
  cpu: (packed: number): number => packed >>> 15,
} as const

/** The part of a packed kind that numbers are counted in. */
export function streamOf(packed: number): number {
  return packed & STREAM_BITS
}

const FIRST_KINDS = 64

export class KindDictionary {
  count = 0
  private packed = new Uint32Array(FIRST_KINDS)
  private rates = new Uint32Array(FIRST_KINDS)
  private streams = new Uint32Array(FIRST_KINDS)
  private table = new Uint32Array(FIRST_KINDS * 2)
  private readonly streamIndex = new Map<number, number>()
  private readonly firstSeq: number[] = []
  private readonly lastSeq: number[] = []

  reset(): void {
    this.count = 0
    this.table.fill(0)
    this.streamIndex.clear()
    this.firstSeq.length = 0
    this.lastSeq.length = 0
  }

  indexOf(packed: number, rate: number, seq: number): number {
    const mask = this.table.length - 1
    let place = mix(packed, rate) & mask
    for (;;) {
      const found = this.table[place] as number
      if (found === 0) return this.add(place, packed, rate, seq)
      if (this.packed[found - 1] === packed && this.rates[found - 1] === rate) return found - 1
      place = (place + 1) & mask
    }
  }

  /** [SEQ1] Numbers between the stream's last row and this one; 0 when nothing stands between them. */
  advance(kind: number, seq: number): number {
    const stream = this.streams[kind] as number
    const skipped = seq - (this.lastSeq[stream] as number) - 1
    this.lastSeq[stream] = seq
    return skipped
  }

  writeKinds(out: ByteWriter): void {
    out.uint(this.count)
    for (let i = 0; i < this.count; i++) {
      out.uint(this.packed[i] as number)
      out.uint(RATE_ALL - (this.rates[i] as number))
    }
  }

  writeStreams(out: ByteWriter): void {
    out.uint(this.firstSeq.length)
    for (const seq of this.firstSeq) out.uint(seq)
  }

  private add(place: number, packed: number, rate: number, seq: number): number {
    const index = this.count++
    this.packed[index] = packed
    this.rates[index] = rate
    this.streams[index] = this.streamFor(streamOf(packed), seq)
    this.table[place] = index + 1
    if (this.count === this.packed.length) this.grow()
    return index
  }

  private streamFor(key: number, seq: number): number {
    const known = this.streamIndex.get(key)
    if (known !== undefined) return known
    const index = this.firstSeq.length
    this.streamIndex.set(key, index)
    this.firstSeq.push(seq)
    this.lastSeq.push(seq - 1)
    return index
  }

  private grow(): void {
    this.packed = grownWords(this.packed)
    this.rates = grownWords(this.rates)
    this.streams = grownWords(this.streams)
    this.table = new Uint32Array(this.table.length * 2)
    const mask = this.table.length - 1
    for (let i = 0; i < this.count; i++) {
      let place = mix(this.packed[i] as number, this.rates[i] as number) & mask
      while (this.table[place] !== 0) place = (place + 1) & mask
      this.table[place] = i + 1
    }
  }
}

const FIRST_TASKS = 256
const TASK_WORDS = 5

/** A task is pid, tid, uid, flags and a name; threads change their name, so the name is part of the key. */
export class TaskDictionary {
  count = 0
  private words = new Uint32Array(FIRST_TASKS * TASK_WORDS)
  private table = new Uint32Array(FIRST_TASKS * 2)
  private last = -1
  private readonly names: Interner

  constructor(names: Interner) {
    this.names = names
  }

  reset(): void {
    this.count = 0
    this.last = -1
    this.table.fill(0)
  }

  indexOf(pid: number, tid: number, uid: number, flags: number, u8: Uint8Array, at: number, length: number): number {
    if (this.last >= 0 && this.is(this.last, pid, tid, uid, flags, u8, at, length)) return this.last
    const mask = this.table.length - 1
    let place = mix(tid, uid ^ (flags << 24)) & mask
    for (;;) {
      const found = this.table[place] as number
      if (found === 0) break
      if (this.is(found - 1, pid, tid, uid, flags, u8, at, length)) {
        this.last = found - 1
        return found - 1
      }
      place = (place + 1) & mask
    }
    return this.add(place, pid, tid, uid, flags, this.names.intern(u8, at, length))
  }

  write(out: ByteWriter): void {
    out.uint(this.count)
    for (let i = 0; i < this.count; i++) {
      const at = i * TASK_WORDS
      const pid = this.words[at] as number
      out.uint(pid)
      out.int((this.words[at + 1] as number) - pid)
      for (let word = 2; word < TASK_WORDS; word++) out.uint(this.words[at + word] as number)
    }
  }

  private is(
    index: number,
    pid: number,
    tid: number,
    uid: number,
    flags: number,
    u8: Uint8Array,
    commAt: number,
    length: number,
  ): boolean {
    const words = this.words
    const at = index * TASK_WORDS
    return (
      words[at + 1] === tid &&
      words[at] === pid &&
      words[at + 2] === uid &&
      words[at + 3] === flags &&
      this.names.equals(words[at + 4] as number, u8, commAt, length)
    )
  }

  private add(place: number, pid: number, tid: number, uid: number, flags: number, name: number): number {
    const index = this.count++
    if (this.count * TASK_WORDS > this.words.length) this.words = grownWords(this.words)
    const at = index * TASK_WORDS
    this.words[at] = pid
    this.words[at + 1] = tid
    this.words[at + 2] = uid
    this.words[at + 3] = flags
    this.words[at + 4] = name
    this.table[place] = index + 1
    this.last = index
    if (this.count * 2 > this.table.length) this.rehash()
    return index
  }

  private rehash(): void {
    this.table = new Uint32Array(this.table.length * 2)
    const mask = this.table.length - 1
    for (let i = 0; i < this.count; i++) {
      const at = i * TASK_WORDS
      const uid = this.words[at + 2] as number
      let place = mix(this.words[at + 1] as number, uid ^ ((this.words[at + 3] as number) << 24)) & mask
      while (this.table[place] !== 0) place = (place + 1) & mask
      this.table[place] = i + 1
    }
  }
}

function mix(a: number, b: number): number {
  const word = Math.imul(a ^ Math.imul(b, 0x85eb_ca6b), 0x9e37_79b1)
  return (word ^ (word >>> 15)) >>> 0
}
