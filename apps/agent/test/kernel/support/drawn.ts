/** Buffers that are drawn instead of made, and a lane over them. No kernel needed. */
import { Lane, type LaneReader } from '../../../src/source/kernel/lane.ts'

export const CAPACITY = 2048

/** A ring of one-byte records; `!` is a record that is reserved and not committed. */
export class DrawnRing implements LaneReader {
  readonly capacityBytes = CAPACITY
  records = ''
  fault = false
  /** Its positions cannot be, which it finds out when it is asked to read. */
  spoilt = false
  isOpen = true
  #consumer = 0

  consume(into: Uint8Array, until = this.records.length): number {
    if (this.spoilt) this.fault = true
    if (this.fault) return 0
    let taken = 0
    while (this.#consumer < until && taken < into.length && this.records[this.#consumer] !== '!') {
      into[taken] = this.records.charCodeAt(this.#consumer)
      this.#consumer += 1
      taken += 1
    }
    return taken
  }

  producer = () => this.records.length
  consumer = () => this.#consumer
  busy = () => this.records[this.#consumer] === '!'
}

/** A perf buffer, which also tells what it lost. */
export class DrawnPerf extends DrawnRing {
  told = 0
  lost = () => this.told
}

export function drawnLane<R extends DrawnRing>(rings: readonly R[], inSlot: readonly number[]) {
  const pool = {
    open: (part: number) => {
      const ring = rings[part]
      if (!ring) throw new Error(`no part ${part}`)
      return ring
    },
    letGo: (ring: R) => {
      ring.isOpen = false
    },
  }
  const lane = new Lane(pool, inSlot.length === 0 ? null : { handle: 1, parts: inSlot })
  const read = (chunkBytes = CAPACITY) => {
    const chunk = new Uint8Array(chunkBytes)
    let text = ''
    for (let bytes = lane.read(chunk); bytes > 0; bytes = lane.read(chunk)) {
      text += String.fromCharCode(...chunk.subarray(0, bytes))
    }
    return text
  }
  const pass = () => {
    lane.note()
    return read()
  }
  return { lane, read, pass }
}
