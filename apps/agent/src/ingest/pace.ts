/**
 * How long the reader may rest between two passes. Pure. While records come, a rest is as long as an eighth of a buffer
 * takes to fill at the rate just seen; after a few passes that found nothing the reader sleeps, and is woken by bytes.
 */

const MIN_REST_MICROS = 100
const MAX_REST_MICROS = 10_000
/** A rest never lasts longer than the fastest producers need to fill a whole buffer. */
const FASTEST_BYTES_PER_MICRO = 1_500
/** Share of a buffer that may fill up during a rest. */
const ROOM_SHARE = 1 / 8
const EMPTY_PASSES_BEFORE_SLEEP = 3
/** The longest sleep: producers that stay below the wake-up mark are read after this. */
export const SLEEP_MICROS = 20_000

/**
 * @param bytes found in a buffer by this pass
 * @param elapsedMicros since the pass before
 * @returns microseconds
 */
export function restFor(bytes: number, elapsedMicros: number, capacityBytes: number): number {
  const most = Math.min(MAX_REST_MICROS, capacityBytes / FASTEST_BYTES_PER_MICRO)
  const untilShare = bytes === 0 ? most : (elapsedMicros * capacityBytes * ROOM_SHARE) / bytes
  return Math.max(MIN_REST_MICROS, Math.min(most, untilShare))
}

export class Pace {
  #rest = MAX_REST_MICROS
  #found = false
  #emptyPasses = 0

  /** A new pass. */
  begin(): void {
    this.#rest = MAX_REST_MICROS
    this.#found = false
  }

  /** What the pass found in one buffer. */
  note(bytes: number, elapsedMicros: number, capacityBytes: number): void {
    this.#rest = Math.min(this.#rest, restFor(bytes, elapsedMicros, capacityBytes))
    if (bytes > 0) this.#found = true
  }

  /** @returns microseconds to rest, or null when it is time to sleep until bytes wake the reader */
  end(): number | null {
    this.#emptyPasses = this.#found ? 0 : this.#emptyPasses + 1
    return this.#emptyPasses > EMPTY_PASSES_BEFORE_SLEEP ? null : this.#rest
  }
}
