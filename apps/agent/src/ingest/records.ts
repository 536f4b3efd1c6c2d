/** Good records of one chunk on their way through ingest, with what other records told about them. No object per record. */
import { EVENT_TYPES } from '@ringside/protocol'
import { ABI, ringBytes } from '../source/abi.ts'
import { CHUNK_BYTES, typeOf } from './scan.ts'
import { COMPLETION, type SocketTable } from './sockets.ts'

const TCP = EVENT_TYPES.tcp
const CHUNK_WORDS = CHUNK_BYTES / 4
const MAX_TCP = Math.floor(CHUNK_BYTES / ringBytes(ABI.structs.rs_tcp.bytes))

export class Records {
  /** What a feed reads into. */
  readonly chunk: Uint8Array
  /** The chunk, and behind it the completions. */
  readonly u8: Uint8Array
  readonly words: Uint32Array
  /** Word index of each record; filled by the scanner. */
  readonly at: Uint32Array
  /** Per record: word of its COMPLETION, or 0. */
  readonly completion: Uint32Array
  count = 0
  slot = 0

  constructor(at: Uint32Array) {
    this.words = new Uint32Array(CHUNK_WORDS + MAX_TCP * COMPLETION.words)
    this.u8 = new Uint8Array(this.words.buffer)
    this.chunk = this.u8.subarray(0, CHUNK_BYTES)
    this.at = at
    this.completion = new Uint32Array(at.length)
  }

  /** Completes the TCP records from what their sockets told before. */
  complete(sockets: SocketTable): void {
    const { words, at, completion, count } = this
    let next = CHUNK_WORDS
    for (let index = 0; index < count; index += 1) {
      const record = at[index] as number
      if (typeOf(words, record) !== TCP) {
        completion[index] = 0
        continue
      }
      sockets.complete(words, record, words, next)
      completion[index] = next
      next += COMPLETION.words
    }
  }
}
