/** Token buckets by key, bounded in number. The clock is handed in. */

const KEYS_MAX = 4096

export class RateLimit {
  readonly #burst: number
  readonly #perMs: number
  readonly #now: () => number
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()

  /** @param burst tokens at most @param perMinute tokens that come back in a minute @param now ms, monotonic */
  constructor(burst: number, perMinute: number, now: () => number = () => performance.now()) {
    this.#burst = burst
    this.#perMs = perMinute / 60_000
    this.#now = now
  }

  /** Whether `take` would succeed. */
  has(key: string): boolean {
    return this.#tokens(key) >= 1
  }

  /** Takes a token; false when there is none. */
  take(key: string): boolean {
    const tokens = this.#tokens(key)
    // Refused takes leave the bucket alone, or somebody who knocks on would stay locked out for ever.
    if (tokens < 1) return false
    this.#buckets.delete(key)
    this.#buckets.set(key, { tokens: tokens - 1, atMs: this.#now() })
    if (this.#buckets.size > KEYS_MAX) this.#forgetOldest()
    return true
  }

  /** Milliseconds until the key has a token again. */
  waitMs(key: string): number {
    return Math.max(0, (1 - this.#tokens(key)) / this.#perMs)
  }

  #tokens(key: string): number {
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return this.#burst
    return Math.min(this.#burst, bucket.tokens + (this.#now() - bucket.atMs) * this.#perMs)
  }

  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next()
    if (!oldest.done) this.#buckets.delete(oldest.value)
  }
}
