/**
 * Hands windows of decoded events to the serving thread, while it has credit; without, the window is counted as
 * withheld. Keeps L4: decoded = published + withheld (+ what stands in the window, or is held back).
 */
import { Demands, type Release } from './demands.ts'
import type { GapCollector } from './gaps.ts'
import type { Demand, FromIngest } from './messages.ts'
import type { Records } from './records.ts'
import type { TimeZero } from './scan.ts'

/** Publications on their way to the serving thread, at most. */
export const MAX_CREDIT = 8

/** Everything that is there. */
export const ALL: Release = { untilNs: Number.POSITIVE_INFINITY, byTime: true }

export type Post = (message: FromIngest, transfer: ArrayBuffer[]) => void

export class Publisher {
  published = 0
  withheld = 0
  /** Decoded events that no flush has accounted for. */
  pending = 0
  readonly #records: Records
  readonly #demands: Demands
  readonly #gaps: GapCollector
  readonly #post: Post
  #credit = MAX_CREDIT

  constructor(zero: TimeZero, fromNs: number, records: Records, gaps: GapCollector, post: Post) {
    this.#records = records
    this.#demands = new Demands(zero, fromNs, records)
    this.#gaps = gaps
    this.#post = post
  }

  /** Whether there is anybody to publish for. */
  get isAwaited(): boolean {
    return this.#demands.any
  }

  /** Takes in the chunk that stands in `records`. A window that has no room for more is told early. */
  take(nowNs: () => number, release: () => Release): void {
    this.pending += this.#records.count
    if (!this.#demands.any) return
    this.#demands.offer()
    if (!this.#demands.full) return
    this.flush(nowNs(), release())
    if (this.#demands.crowded) this.flush(nowNs(), ALL)
  }

  credit(): void {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + 1)
  }

  /**
   * Closes the window, tells what is known of it, and begins the next one for other demands. Nothing is held back over
   * it: a client that asks for something else would miss it, or get it twice.
   */
  replace(demands: readonly Demand[], version: number, nowNs: number, byTime: boolean): void {
    this.flush(nowNs, { ...ALL, byTime })
    const untold = this.#demands.takeUntold(this.#gaps.take())
    this.#demands.replace(demands)
    this.#post({ type: 'replaced', version, untold }, [])
  }

  flush(nowNs: number, { untilNs, byTime }: Release): void {
    const held = this.#demands.close(untilNs)
    const done = this.pending - held
    this.pending = held
    if (this.#credit === 0) this.#withhold(done)
    else this.#publish(done, nowNs, untilNs, byTime)
    this.#demands.begin(nowNs)
  }

  /** Gaps wait until they can be told, unless there is nobody to tell them. */
  #withhold(done: number): void {
    const isAwaited = this.#demands.any && (this.#demands.anyMatched() || this.#gaps.any)
    if (isAwaited) this.withheld += done
    else this.published += done
    if (!this.#demands.any) this.#gaps.take()
    this.#demands.withhold()
  }

  #publish(done: number, nowNs: number, untilNs: number, byTime: boolean): void {
    this.published += done
    const publications = this.#demands.publish(nowNs, byTime, this.#gaps.take(untilNs))
    if (publications.length === 0) return
    const frames = publications.flatMap(({ frame }) => (frame === null ? [] : [frame]))
    this.#credit -= 1
    this.#post({ type: 'published', publications }, frames)
  }
}
