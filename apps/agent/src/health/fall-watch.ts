/** Counters only grow. One that went down is a fault of its own, never a negative number. [ACC-10] Pure. */
import { EVENT_BY_NUMBER, formatCount, type Law } from '@ringside/protocol'
import { LIMITS } from '../source/abi.ts'
import { FATE_NAMES, type Ledger } from './rows.ts'

/** A counter that went down, and the law of its slot that cannot hold then. */
export interface Fall {
  law: Extract<Law['id'], 'L1' | 'L6'>
  slot: number
  text: string
}

export class FallWatch {
  readonly #cpus: number
  #last: Ledger | null = null

  constructor(cpus: number) {
    this.#cpus = cpus
  }

  /** @param reads of the rows since the last call, oldest first @returns one fall per slot and law, the first found */
  look(...reads: Ledger[]): Fall[] {
    const falls: Fall[] = []
    for (const read of reads) {
      if (this.#last !== null) this.#compare(this.#last, read, falls)
      this.#last = read
    }
    return falls.filter(({ law, slot }, at) => falls.findIndex((fall) => fall.law === law && fall.slot === slot) === at)
  }

  #compare(then: Ledger, now: Ledger, falls: Fall[]): void {
    for (const name of FATE_NAMES) {
      fallsOf(then.fates[name], now.fates[name], (cell, text) => {
        const type = EVENT_BY_NUMBER[cell % LIMITS.types]?.type ?? 'an unknown type'
        falls.push({ law: 'L1', slot: Math.floor(cell / LIMITS.types), text: `${name} of ${type} ${text}` })
      })
    }
    const streams = this.#cpus * LIMITS.levels
    fallsOf(then.given, now.given, (stream, text) => {
      falls.push({ law: 'L6', slot: Math.floor(stream / streams), text: `the last number of a stream ${text}` })
    })
  }
}

function fallsOf(then: Float64Array, now: Float64Array, fell: (index: number, text: string) => void): void {
  for (let index = 0; index < then.length; index += 1) {
    const before = then[index] as number
    const after = now[index] as number
    if (after < before) fell(index, `went down from ${formatCount(before)} to ${formatCount(after)}`)
  }
}
