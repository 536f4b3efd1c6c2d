/**
 * Events by time window and type, over the last minute. A window comes in parts, one for each nesting level, and of more
 * than one taking when it was open at the first: they are added up. Pure.
 */
import { EVENT_BY_NUMBER, type EventType } from '@ringside/protocol'
import { ABI, LIMITS } from '../source/abi.ts'
import { u64 } from './words.ts'

const { rs_window_key, rs_window_sum } = ABI.structs
const WINDOW_NS = LIMITS.windowMs * 1e6

export interface TimeWindow {
  /** Its number: time on CLOCK_MONOTONIC / LIMITS.windowMs. */
  window: number
  type: EventType
  events: number
  bytes: number
}

/** One sum of the kernel's table. */
export type TypedSum = Omit<TimeWindow, 'window'>

export class TimeWindows {
  readonly #keptNs: number
  readonly #windows = new Map<number, TimeWindow>()

  constructor(keptMs: number) {
    this.#keptNs = keptMs * 1e6
  }

  /**
   * @param keys n × struct rs_window_key @param sums n × struct rs_window_sum
   * @returns what these sums counted, of types that are known
   */
  merge(keys: Uint8Array, sums: Uint8Array): TypedSum[] {
    const keyView = new DataView(keys.buffer, keys.byteOffset, keys.byteLength)
    const sumView = new DataView(sums.buffer, sums.byteOffset, sums.byteLength)
    const merged: TypedSum[] = []
    for (let index = 0; index * rs_window_key.bytes < keys.length; index += 1) {
      const keyAt = index * rs_window_key.bytes
      const sumAt = index * rs_window_sum.bytes
      const number = keyView.getUint32(keyAt + rs_window_key.members.type, true)
      const type = EVENT_BY_NUMBER[number]?.type
      if (type === undefined) continue
      const sum = {
        type,
        events: u64(sumView, sumAt + rs_window_sum.members.events),
        bytes: u64(sumView, sumAt + rs_window_sum.members.bytes),
      }
      this.#add(u64(keyView, keyAt + rs_window_key.members.window), number, sum)
      merged.push(sum)
    }
    return merged
  }

  /** Those that were closed at a time (ns of CLOCK_MONOTONIC), oldest first; what is too old is forgotten. */
  closed(nowNs: number): TimeWindow[] {
    for (const [key, { window }] of this.#windows) {
      if (window * WINDOW_NS < nowNs - this.#keptNs) this.#windows.delete(key)
    }
    return [...this.#windows]
      .filter(([, { window }]) => (window + 1) * WINDOW_NS <= nowNs)
      .sort(([a], [b]) => a - b)
      .map(([, window]) => window)
  }

  #add(window: number, number: number, { type, events, bytes }: TypedSum): void {
    const key = window * LIMITS.types + number
    const known = this.#windows.get(key)
    if (known === undefined) this.#windows.set(key, { window, type, events, bytes })
    else {
      known.events += events
      known.bytes += bytes
    }
  }
}
