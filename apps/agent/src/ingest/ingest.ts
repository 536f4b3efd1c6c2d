/**
 * The ingest thread's work, pass by pass: read what the buffers hold, scan it, count it, hand it on, and tell health.
 * It never waits for anything but the feed, and never writes a control. Knows no thread and no kernel.
 */
import { SLOT_NAMES } from '@ringside/protocol'
import { TopTables } from '../aggregate/tables.ts'
import { FillWatch } from '../health/fill-watch.ts'
import { readLedger, rowsBytes } from '../health/rows.ts'
import { Snapshots } from '../health/snapshot.ts'
import type { SourceFeed } from '../source/source.ts'
import { GapCollector } from './gaps.ts'
import type { FromIngest, IngestOptions, ToIngest } from './messages.ts'
import { Pace } from './pace.ts'
import { Publisher } from './publisher.ts'
import { Records } from './records.ts'
import { Scanner } from './scan.ts'
import { SocketTable } from './sockets.ts'

const FILL_MS = 100
const HEALTH_MS = 1000
/** How often messages are looked for while there is work; `wake` ends a rest before. */
const MESSAGES_MS = 1
/** Chunks of one slot in one pass: so that a flooded slot does not starve the others. */
const CHUNKS_PER_PASS = 4
/** A sleep that nobody ends is no longer than this, nor than a flush: rows are not to wait for it. */
const MAX_SLEEP_MS = 20
/** What is there when the stop comes is read for at most this long. */
const DRAIN_MS = 300

export interface IngestIo {
  post(message: FromIngest, transfer: ArrayBuffer[]): void
  /** The next message that has arrived, without waiting. */
  receive(): ToIngest | undefined
  /** ns since time zero of the frames. */
  nowNs(): number
  /** Wall clock, ms. */
  timeMs(): number
}

export class Ingest {
  readonly #feed: SourceFeed
  readonly #io: IngestIo
  readonly #flushMs: number
  readonly #scanner: Scanner
  readonly #records: Records
  readonly #sockets = new SocketTable()
  readonly #publisher: Publisher
  readonly #tops = new TopTables()
  readonly #snapshots: Snapshots
  readonly #fills = SLOT_NAMES.map(() => new FillWatch())
  readonly #pace: Pace
  readonly #rowsBefore: Uint8Array
  readonly #rowsAfter: Uint8Array
  readonly #startNs: number
  #passNs: number
  #passBytes = 0
  #messagesMs = Number.NEGATIVE_INFINITY
  #flushDueMs = 0
  #fillDueMs = 0
  #healthDueMs = 0
  #missed: number | null = null
  #sleeping = false
  #lookedAgain = false
  #stopping = false

  constructor(feed: SourceFeed, options: IngestOptions, io: IngestIo) {
    this.#feed = feed
    this.#io = io
    this.#flushMs = options.flushMs
    this.#pace = new Pace(Math.min(MAX_SLEEP_MS, options.flushMs) * 1000)
    this.#startNs = io.nowNs()
    this.#passNs = this.#startNs
    const gaps = new GapCollector(feed.cpus)
    this.#scanner = new Scanner(feed.cpus, options.timeZero, gaps.note)
    this.#records = new Records(this.#scanner.at)
    this.#publisher = new Publisher(options.timeZero, this.#startNs, gaps, (message, transfer) =>
      io.post(message, transfer),
    )
    this.#snapshots = new Snapshots(options.epoch, feed.cpus)
    this.#rowsBefore = new Uint8Array(rowsBytes(feed.cpus))
    this.#rowsAfter = new Uint8Array(rowsBytes(feed.cpus))
  }

  /** Until a stop is received; then drains and reports. */
  run(): void {
    this.#post({ type: 'ready' })
    while (!this.#stopping) this.step()
    this.#drain()
    this.#post({ type: 'stopped' })
  }

  /** One pass, and the rest after it. */
  step(): void {
    const more = this.#pass(CHUNKS_PER_PASS)
    this.#report()
    if (more || this.#stopping) return
    const { micros, asleep } = this.#pace.end()
    this.#sleeping = asleep && this.#passBytes === 0
    if (asleep) this.#sleep(micros)
    else this.#feed.wait(Math.min(micros, this.#microsUntilDue()))
  }

  /** @returns whether a slot was left before it was empty */
  #pass(chunksPerSlot: number): boolean {
    const nowNs = this.#io.nowNs()
    const nowMs = nowNs / 1e6
    const elapsedMicros = (nowNs - this.#passNs) / 1000
    this.#passNs = nowNs
    this.#receive(nowMs)
    this.#feed.beginPass()
    this.#pace.begin()
    this.#passBytes = 0
    let more = false
    for (let slot = 0; slot < this.#fills.length; slot += 1) {
      const fill = this.#fills[slot] as FillWatch
      fill.sample(this.#feed.state(slot), nowMs)
      const bytes = this.#read(slot, chunksPerSlot)
      if (bytes < 0) more = true
      this.#passBytes += Math.abs(bytes)
      if (fill.capacityBytes > 0) this.#pace.note(Math.abs(bytes), elapsedMicros, fill.capacityBytes)
    }
    const handles = this.#feed.retired()
    if (handles.length > 0) this.#post({ type: 'retired', handles })
    return more
  }

  /** @returns bytes read, negative when it stopped at the limit */
  #read(slot: number, chunks: number): number {
    let total = 0
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const bytes = this.#feed.read(slot, this.#records.chunk)
      if (bytes === 0) return total
      total += bytes
      this.#take(bytes, slot)
    }
    return -total
  }

  #take(bytes: number, slot: number): void {
    const records = this.#records
    records.slot = slot
    records.count = this.#scanner.scan(records.words, bytes, slot)
    records.complete(this.#sockets)
    this.#tops.count(records)
    this.#publisher.take(records)
    if (this.#publisher.full) this.#publisher.flush(this.#io.nowNs())
  }

  #report(): void {
    const nowNs = this.#io.nowNs()
    const nowMs = nowNs / 1e6
    const healthDue = nowMs >= this.#healthDueMs
    if (nowMs >= this.#flushDueMs || healthDue) {
      this.#flushDueMs = nowMs + this.#flushMs
      this.#receive(nowMs)
      this.#publisher.flush(nowNs)
    }
    if (nowMs >= this.#fillDueMs) {
      this.#fillDueMs = nowMs + FILL_MS
      this.#postFill()
    }
    if (healthDue) {
      this.#healthDueMs = nowMs + HEALTH_MS
      this.#postHealth(nowNs)
    }
  }

  /** Producers wake the reader once it has said that it sleeps; what came before that is looked for again. */
  #sleep(micros: number): void {
    this.#feed.setAsleep(true)
    const found = this.#fills.some((_, slot) => {
      const state = this.#feed.state(slot)
      return state !== null && state.producer !== state.consumer && !state.busy && !state.fault
    })
    /* Once: what a look finds and the next pass cannot read must not keep the thread from resting. */
    this.#lookedAgain = found && !this.#lookedAgain
    if (!this.#lookedAgain) this.#feed.wait(Math.min(micros, this.#microsUntilDue()))
    this.#feed.setAsleep(false)
  }

  #microsUntilDue(): number {
    const nowMs = this.#io.nowNs() / 1e6
    const flushMs = this.#publisher.pending > 0 ? this.#flushDueMs : Number.POSITIVE_INFINITY
    return Math.max(0, Math.min(flushMs, this.#fillDueMs, this.#healthDueMs) - nowMs) * 1000
  }

  #receive(nowMs: number): void {
    if (nowMs - this.#messagesMs < MESSAGES_MS) return
    this.#messagesMs = nowMs
    for (let message = this.#io.receive(); message !== undefined; message = this.#io.receive()) this.#obey(message)
  }

  #obey(message: ToIngest): void {
    switch (message.type) {
      case 'demands':
        this.#publisher.replace(message.demands, message.version, this.#io.nowNs())
        break
      case 'adopt':
        this.#adopt(message.slot, message.handle, message.request)
        break
      case 'swapped':
        this.#fills[message.slot]?.resized()
        this.#feed.swapped(message.slot)
        break
      case 'abandoned':
        this.#feed.abandoned(message.slot)
        this.#post({ type: 'adopted', request: message.request })
        break
      case 'credit':
        this.#publisher.credit()
        break
      case 'missed':
        this.#missed = message.missed
        break
      case 'stop':
        this.#stopping = true
        break
    }
  }

  /** A ring that cannot be read is not answered for: whoever asked gives it up, and the slot keeps its own. */
  #adopt(slot: number, handle: number, request: number): void {
    try {
      this.#feed.adopt(slot, handle)
    } catch {
      return
    }
    this.#post({ type: 'adopted', request })
  }

  #drain(): void {
    const deadlineNs = this.#io.nowNs() + DRAIN_MS * 1e6
    do this.#pass(Number.POSITIVE_INFINITY)
    while (this.#anyUsed() && this.#io.nowNs() < deadlineNs)
    const nowNs = this.#io.nowNs()
    this.#fills.forEach((fill, slot) => {
      fill.sample(this.#feed.state(slot), nowNs / 1e6)
    })
    this.#publisher.flush(nowNs)
    this.#postFill()
    this.#postHealth(nowNs)
  }

  #anyUsed(): boolean {
    return this.#fills.some((_, slot) => this.#used(slot) > 0)
  }

  #used(slot: number): number {
    const state = this.#feed.state(slot)
    return state === null ? 0 : Math.max(0, state.producer - state.consumer)
  }

  #postFill(): void {
    const slots = this.#fills.map((fill, slot) => {
      const { capacityBytes, usedBytes } = fill
      return { slot, capacityBytes, usedBytes, highWaterBytes: fill.takeFillHighWater() }
    })
    this.#post({ type: 'fill', timeMs: this.#io.timeMs(), slots })
  }

  #postHealth(nowNs: number): void {
    const { consumed, decoded, malformed, sequence, consumedBytes } = this.#scanner
    const { published, withheld, pending } = this.#publisher
    const { cpus } = this.#feed
    this.#feed.rows(this.#rowsBefore)
    const usedBytes = this.#fills.map((_, slot) => this.#used(slot))
    this.#feed.rows(this.#rowsAfter)
    const after = readLedger(this.#rowsAfter, cpus)
    const before = readLedger(this.#rowsBefore, cpus)
    const timeMs = this.#io.timeMs()
    const health = this.#snapshots.take({
      accounts: {
        cpus,
        before,
        after,
        consumed,
        decoded,
        malformed,
        sequence,
        usedBytes,
        published,
        withheld,
        pending,
      },
      fills: this.#fills,
      consumedBytes,
      missed: this.#missed,
      sleeping: this.#sleeping,
      timeMs,
      upMs: (nowNs - this.#startNs) / 1e6,
    })
    this.#post({ type: 'health', health })
    this.#post({ type: 'top', top: this.#tops.close(timeMs, after) })
  }

  #post(message: FromIngest): void {
    this.#io.post(message, [])
  }
}
