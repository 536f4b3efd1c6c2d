/**
 * How long the reader may rest between two passes. Pure. At a high rate a rest is as long as an eighth of a buffer takes
 * to fill at the rate just seen. At a low one it is longer than a sudden flood would need to fill a whole buffer: then
 * the reader says that it sleeps, and producers that reach the mark wake it. A record that is reserved for long and not
 * committed is looked at now and then: nothing can be done about it.
 */

const MIN_REST_MICROS = 100
const MAX_REST_MICROS = 10_000
/** The fastest producers fill a whole buffer in no less time than this. */
const FASTEST_BYTES_PER_MICRO = 1_500
/** Share of a buffer that may fill up during a rest. */
const ROOM_SHARE = 1 / 8

export interface Rest {
  micros: number
  /** Producers must know that the reader sleeps. */
  asleep: boolean
}

/** How long the reader may rest without being woken, whatever comes. */
export function safeMicros(capacityBytes: number): number {
  return Math.max(MIN_REST_MICROS, Math.min(MAX_REST_MICROS, capacityBytes / FASTEST_BYTES_PER_MICRO))
}

/** How long an eighth of the buffer takes to fill. @param bytes found by a pass @param elapsedMicros since the one before */
export function fillMicros(bytes: number, elapsedMicros: number, capacityBytes: number): number {
  return bytes === 0 ? Number.POSITIVE_INFINITY : (elapsedMicros * capacityBytes * ROOM_SHARE) / bytes
}

/** How often a head that stays busy is looked at: soon once, and then rarely. [RNG-3] */
const BUSY_REST_MICROS = 5_000
const STUCK_REST_MICROS = 50_000

export class Pace {
  readonly #sleepMicros: number
  readonly #idleMicros: number
  #safe = 0
  #fill = 0

  /**
   * @param sleepMicros the longest sleep: producers that stay below the mark are read after this
   * @param idleMicros the same while nobody waits for rows
   */
  constructor(sleepMicros: number, idleMicros = sleepMicros) {
    this.#sleepMicros = sleepMicros
    this.#idleMicros = idleMicros
  }

  /** A new pass. */
  begin(): void {
    this.#safe = MAX_REST_MICROS
    this.#fill = Number.POSITIVE_INFINITY
  }

  /** What has come into one buffer. */
  note(bytes: number, elapsedMicros: number, capacityBytes: number): void {
    this.#safe = Math.min(this.#safe, safeMicros(capacityBytes))
    this.#fill = Math.min(this.#fill, fillMicros(bytes, elapsedMicros, capacityBytes))
  }

  /** @param isAwaited whether somebody waits for rows: then a trickle is looked at more often */
  end(isAwaited = true): Rest {
    if (this.#fill <= this.#safe) return { micros: Math.max(MIN_REST_MICROS, this.#fill), asleep: false }
    const sleep = isAwaited ? this.#sleepMicros : this.#idleMicros
    const isTrickle = isAwaited && this.#fill !== Number.POSITIVE_INFINITY
    return { micros: Math.min(isTrickle ? MAX_REST_MICROS : sleep, sleep, this.#fill), asleep: true }
  }
}

/** The rest after a pass that found nothing but heads that are busy. @param isStuck whether that was so before */
export function busyRestMicros(isStuck: boolean): number {
  return isStuck ? STUCK_REST_MICROS : BUSY_REST_MICROS
}
