/**
 * One connection: what it is sent, what it is spared, and the exact account of both (L4). A client that is slow, or
 * never reads, costs a bounded amount of memory and nobody's time; its frames are skipped and counted.
 */
import {
  type AgentMessage,
  type ClientAccount,
  formatCount,
  frameBody,
  type Law,
  type Refusal,
  stampedPrefix,
} from '@ringside/protocol'
import type { WebSocket } from 'ws'
import type { Publication } from '../ingest/messages.ts'
import type { Problem } from '../problem.ts'
import { Latest, type StateKind } from './latest.ts'

/** Batches that may be on their way without an acknowledgement. */
export const CREDIT = 8
export const BUFFERED_MAX_BYTES = 1024 * 1024
/** Of messages that are never skipped: far more than anybody has who reads. */
export const UNSKIPPABLE_MAX_BYTES = 256 * 1024
const STUCK_MS = 10_000

export type ClientSocket = Pick<WebSocket, 'send' | 'close' | 'terminate' | 'bufferedAmount' | 'readyState' | 'OPEN'>

export class Client {
  readonly id: number
  /** How the history of controls names it. */
  readonly name: string
  /** The demand whose publications it gets; null before the first subscribe. */
  demand: number | null = null

  readonly #socket: ClientSocket
  readonly #latest: Latest
  readonly #unacknowledged: number[] = []
  #subscription = 0
  #frame = 0
  #matched = 0
  #sent = 0
  #thinned = 0
  #skipped = 0
  #queued = 0
  #framesSent = 0
  #framesSkipped = 0
  /** Of messages that are never skipped, and have not left the process. */
  #unskippableBytes = 0
  /** Since when the socket has had no room; null while it has. */
  #fullSinceMs: number | null = null

  constructor(id: number, socket: ClientSocket) {
    this.id = id
    this.name = `client ${id}`
    this.#socket = socket
    this.#latest = new Latest((text, sent) => this.#sendText(text, sent))
  }

  /** From here on the client gets the publications of another demand. */
  subscribe(demand: number): void {
    this.demand = demand
    this.#subscription += 1
  }

  /** [L4] Takes every publication of its demand into account, and sends it where there is room. */
  offer(publication: Publication): void {
    this.#matched += publication.matched
    this.#thinned += publication.thinned
    const { frame, rows } = publication
    if (frame === null) return
    this.#frame += 1
    if (!this.#hasRoom(frame.byteLength)) {
      this.#skipped += rows
      this.#framesSkipped += 1
      return
    }
    this.#unacknowledged.push(this.#frame)
    this.#queued += rows
    const stamp = { number: this.#frame, subscription: this.#subscription, skipped: this.#skipped }
    this.#socket.send(stampedPrefix(frame, stamp), { binary: true, fin: false })
    this.#socket.send(frameBody(frame), { binary: true, fin: true }, (error) => this.#flushed(rows, !error))
  }

  /** Credit: the page has taken in every batch up to this number. */
  acknowledge(frame: number): void {
    const kept = this.#unacknowledged.findIndex((number) => number > frame)
    const taken = this.#unacknowledged.splice(0, kept < 0 ? this.#unacknowledged.length : kept)
    // Slow, not stuck: it is spared frames, and stays.
    if (taken.length > 0) this.#fullSinceMs = null
  }

  /** A state message; an older one of its kind that still waits is dropped. */
  sayLatest(kind: StateKind, make: () => string): void {
    this.#latest.say(kind, make)
  }

  /** A message that is never skipped; whoever goes on asking and reads no answer is cut off. */
  say(message: AgentMessage): void {
    const text = JSON.stringify(message)
    if (this.#unskippableBytes + text.length > UNSKIPPABLE_MAX_BYTES) {
      this.terminate()
      return
    }
    this.#unskippableBytes += text.length
    this.#sendText(text, () => {
      this.#unskippableBytes -= text.length
    })
  }

  /** Says why, then closes. */
  refuse(problem: Problem, closeCode: number): void {
    const refusal: Refusal = { type: 'refusal', ...problem }
    this.say(refusal)
    this.#socket.close(closeCode, problem.code)
  }

  /** Ends the connection without waiting for what it has not read. */
  terminate(): void {
    this.#socket.terminate()
  }

  /** Whether the socket has had no room for 10 s. @param nowMs monotonic */
  isStuck(nowMs: number): boolean {
    const buffered = this.#socket.bufferedAmount
    if (buffered < BUFFERED_MAX_BYTES / 2) this.#fullSinceMs = null
    // Answers to pings stand there too, which are not sent by us.
    else if (buffered > BUFFERED_MAX_BYTES) this.#fullSinceMs ??= nowMs
    return this.#fullSinceMs !== null && nowMs - this.#fullSinceMs >= STUCK_MS
  }

  account(): ClientAccount {
    return {
      id: this.id,
      matched: this.#matched,
      sent: this.#sent,
      thinned: this.#thinned,
      skipped: this.#skipped,
      queued: this.#queued,
      framesSent: this.#framesSent,
      framesSkipped: this.#framesSkipped,
    }
  }

  #hasRoom(bytes: number): boolean {
    const buffered = this.#socket.bufferedAmount
    const full = buffered > 0 && buffered + bytes > BUFFERED_MAX_BYTES
    if (full) this.#fullSinceMs ??= performance.now()
    else this.#fullSinceMs = null
    return !full && this.#unacknowledged.length < CREDIT && this.#socket.readyState === this.#socket.OPEN
  }

  /** The frame has left the process, or never will. */
  #flushed(rows: number, ok: boolean): void {
    this.#queued -= rows
    if (ok) {
      this.#sent += rows
      this.#framesSent += 1
    } else {
      this.#skipped += rows
      this.#framesSkipped += 1
    }
  }

  #sendText(text: string, sent: () => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount + text.length > BUFFERED_MAX_BYTES) this.#fullSinceMs ??= performance.now()
    this.#socket.send(text, (error) => {
      if (!error) sent()
    })
  }
}

/** [L4] per client: what matched is sent, thinned, skipped or on its way. */
export function clientLaw(account: ClientAccount): Law {
  const { matched, sent, thinned, skipped, queued } = account
  const right = sent + thinned + skipped + queued
  const difference = matched - right
  return {
    id: 'L4',
    scope: `client ${account.id}`,
    left: matched,
    right,
    difference,
    inFlight: 0,
    verdict: difference === 0 ? 'exact' : 'violated',
    text:
      `client ${account.id}: matched ${formatCount(matched)} = sent ${formatCount(sent)} + thinned ${formatCount(thinned)}` +
      ` + skipped ${formatCount(skipped)} + queued ${formatCount(queued)}`,
  }
}
