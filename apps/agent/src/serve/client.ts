/**
 * One connection: what it is sent, what it is spared, and the exact account of both (L4). A client that is slow, or
 * never reads, costs a bounded amount of memory and nobody's time; its frames are skipped and counted, and the gaps that
 * they would have told are told later.
 */
import {
  type AgentMessage,
  BatchEncoder,
  type ClientAccount,
  earlierGapsColumn,
  formatCount,
  frameBody,
  GapSum,
  type Law,
  type Refusal,
  type SlotGap,
  stampedPrefix,
} from '@ringside/protocol'
import type { WebSocket } from 'ws'
import type { Publication } from '../ingest/messages.ts'
import type { Problem } from '../problem.ts'
import { Latest, type StateKind } from './latest.ts'

/** Batches that may be on their way without an acknowledgement: half a second of them, for a page that is busy. */
export const CREDIT = 32
export const BUFFERED_MAX_BYTES = 1024 * 1024
/** Of messages that are never skipped: far more than anybody has who reads. */
export const UNSKIPPABLE_MAX_BYTES = 256 * 1024
const STUCK_MS = 10_000

/** For frames of gaps alone; empty between two of them. */
const gapsEncoder = new BatchEncoder()

export type ClientSocket = Pick<WebSocket, 'send' | 'close' | 'terminate' | 'bufferedAmount' | 'readyState' | 'OPEN'>

export class Client {
  readonly id: number
  /** How the history of controls names it. */
  readonly name: string
  /** The demand whose publications it gets; null before its first one has begun. */
  demand: number | null = null

  readonly #socket: ClientSocket
  readonly #latest: Latest
  readonly #unacknowledged: number[] = []
  /** Gaps that no frame has told this client: of frames that were skipped, or withheld. */
  readonly #gaps = new GapSum()
  /** What it gets from a version of the demands on. */
  #asked: { demand: number; version: number } | null = null
  #subscribes = 0
  #subscription = 0
  #frame = 0
  #matched = 0
  #sent = 0
  #thinned = 0
  #skipped = 0
  #queued = 0
  #withheld = 0
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

  /**
   * Takes in a subscription. It begins where publications are of `version`; until then the one before goes on.
   * @returns a demand that was asked for before and will not begin any more
   */
  ask(demand: number, version: number): number | null {
    const forgotten = this.#asked?.demand ?? null
    this.#asked = { demand, version }
    this.#subscribes += 1
    return forgotten
  }

  /** From here on publications are of these demands. @returns a demand whose publications it gets no more */
  begin(version: number): number | null {
    if (this.#asked === null || this.#asked.version > version) return null
    const former = this.demand
    this.demand = this.#asked.demand
    this.#asked = null
    this.#subscription = this.#subscribes
    return former
  }

  /** @returns the demands that it had, or was waiting for */
  leave(): number[] {
    const demands = [this.demand, this.#asked?.demand ?? null].filter((demand) => demand !== null)
    this.demand = null
    this.#asked = null
    return demands
  }

  /** [L4] Takes every publication of its demand into account, and sends it where there is room. */
  offer({ frame, rows, matched, thinned, withheld, gaps }: Publication): void {
    this.#matched += matched
    this.#thinned += thinned
    this.#withheld += withheld
    this.#deliver(frame, rows, gaps)
  }

  /** Credit: the page has taken in every batch up to this number. */
  acknowledge(frame: number): void {
    const kept = this.#unacknowledged.findIndex((number) => number > frame)
    const taken = this.#unacknowledged.splice(0, kept < 0 ? this.#unacknowledged.length : kept)
    // Slow, not stuck: it is spared frames, and stays.
    if (taken.length > 0) this.#fullSinceMs = null
    // Rows come first while there are any: only a client that has caught up is sent gaps alone.
    if (this.#unacknowledged.length === 0 && this.#gaps.any) this.#sendGaps()
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
      withheld: this.#withheld,
      framesSent: this.#framesSent,
      framesSkipped: this.#framesSkipped,
    }
  }

  #sendGaps(): void {
    const gaps = this.#gaps.take()
    for (const gap of gaps) gapsEncoder.gap(gap)
    const fromNs = Math.min(...gaps.map((gap) => gap.fromNs))
    const toNs = Math.max(...gaps.map((gap) => gap.toNs))
    const nothing = { matched: 0, thinned: 0, recordBytes: 0, late: 0, lateNs: 0 }
    this.#deliver(gapsEncoder.finish({ fromNs, toNs, ...nothing }), 0, gaps)
  }

  /** @param gaps that the frame tells: they wait for another one where it is not sent */
  #deliver(frame: ArrayBuffer | null, rows: number, gaps: readonly SlotGap[]): void {
    if (frame === null || !this.#send(frame, rows)) this.#keep(gaps)
  }

  /** Sends a frame, and behind it the gaps that wait. @returns false when it is skipped */
  #send(frame: ArrayBuffer, rows: number): boolean {
    this.#frame += 1
    const gaps = this.#gaps.take()
    const behind = gaps.length === 0 ? [] : [earlierGapsColumn(gaps)]
    if (!this.#hasRoom(frame.byteLength + (behind[0]?.length ?? 0))) {
      this.#keep(gaps)
      this.#skipped += rows
      this.#framesSkipped += 1
      return false
    }
    this.#unacknowledged.push(this.#frame)
    this.#queued += rows
    const [number, subscription] = [this.#frame, this.#subscription]
    const stamp = { number, subscription, skipped: this.#skipped, withheld: this.#withheld }
    this.#sendFragments([stampedPrefix(frame, stamp, behind.length), frameBody(frame), ...behind], rows)
    return true
  }

  #sendFragments(fragments: readonly Uint8Array[], rows: number): void {
    fragments.forEach((fragment, index) => {
      const fin = index === fragments.length - 1
      this.#socket.send(fragment, { binary: true, fin }, fin ? (error) => this.#flushed(rows, !error) : undefined)
    })
  }

  #keep(gaps: readonly SlotGap[]): void {
    for (const gap of gaps) this.#gaps.add(gap)
  }

  #hasRoom(bytes: number): boolean {
    const full = this.#socket.bufferedAmount + bytes > BUFFERED_MAX_BYTES
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
