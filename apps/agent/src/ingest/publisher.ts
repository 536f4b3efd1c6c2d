/**
 * Hands windows of decoded events to the serving thread, while it has credit; without, the window is counted as
 * withheld. Keeps L4: decoded = published + withheld (+ what stands in the window).
 */
import { Demands } from './demands.ts'
import type { GapCollector } from './gaps.ts'
import type { Demand, FromIngest } from './messages.ts'
import type { Records } from './records.ts'
import type { TimeZero } from './scan.ts'

/** Publications on their way to the serving thread, at most. */
export const MAX_CREDIT = 8

export type Post = (message: FromIngest, transfer: ArrayBuffer[]) => void

export class Publisher {
  published = 0
  withheld = 0
  /** Decoded events of the window. */
  pending = 0
  readonly #demands: Demands
  readonly #gaps: GapCollector
  readonly #post: Post
  #credit = MAX_CREDIT

  constructor(zero: TimeZero, fromNs: number, gaps: GapCollector, post: Post) {
    this.#demands = new Demands(zero, fromNs)
    this.#gaps = gaps
    this.#post = post
  }

  /** The window must be flushed before more is taken in. */
  get full(): boolean {
    return this.#demands.full
  }

  take(records: Records): void {
    this.pending += records.count
    this.#demands.offer(records)
  }

  credit(): void {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + 1)
  }

  /** Closes the window, tells what is known of it, and begins the next one for other demands. */
  replace(demands: readonly Demand[], version: number, nowNs: number): void {
    this.flush(nowNs)
    const untold = this.#demands.takeUntold(this.#gaps.take())
    this.#demands.replace(demands)
    this.#post({ type: 'replaced', version, untold }, [])
  }

  flush(nowNs: number): void {
    if (this.#credit === 0) this.#withhold(nowNs)
    else this.#publish(nowNs)
    this.pending = 0
  }

  /** Gaps wait until they can be told, unless there is nobody to tell them. */
  #withhold(nowNs: number): void {
    const isAwaited = this.#demands.any && (this.#demands.anyMatched() || this.#gaps.any)
    if (isAwaited) this.withheld += this.pending
    else this.published += this.pending
    if (!this.#demands.any) this.#gaps.take()
    this.#demands.withhold(nowNs)
  }

  #publish(nowNs: number): void {
    this.published += this.pending
    const publications = this.#demands.publish(nowNs, this.#gaps.take())
    if (publications.length === 0) return
    const frames = publications.flatMap(({ frame }) => (frame === null ? [] : [frame]))
    this.#credit -= 1
    this.#post({ type: 'published', publications }, frames)
  }
}
