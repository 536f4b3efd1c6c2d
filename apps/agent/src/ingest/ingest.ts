/**
 * The ingest thread's work, pass by pass: read what the buffers hold, scan it, count it, hand it on, and tell health.
 * It never waits for anything but the feed, and never writes a control. Knows no thread and no kernel.
 */
import { SLOT_NAMES } from '@ringside/protocol'
import { TopTables } from '../aggregate/tables.ts'
import { droppedOf, readLedger, rowsBytes } from '../health/rows.ts'
import { Snapshots } from '../health/snapshot.ts'
import type { BufferHandle, SourceFeed } from '../source/source.ts'
import type { Release } from './demands.ts'
import { GapCollector } from './gaps.ts'
import { HoldBack } from './hold-back.ts'
import { MalformedLog } from './malformed.ts'
import type { FromIngest, IngestOptions, Reading, ToIngest } from './messages.ts'
import { busyRestMicros, Pace } from './pace.ts'
import { ALL, Publisher } from './publisher.ts'
import { Readers } from './readers.ts'
import { Records } from './records.ts'
import { Scanner } from './scan.ts'
import { SocketTable } from './sockets.ts'

const FILL_MS = 100
const HEALTH_MS = 1000
/** How often messages are looked for while there is work; `wake` ends a rest before. */
const MESSAGES_MS = 1
/** A sleep that nobody ends is no longer than this, nor than a flush, while rows are awaited; and else. [RNG-3] */
const MAX_SLEEP_MS = 20
const MAX_IDLE_SLEEP_MS = 100
/** A sleep that was shorter than this share of what was asked for was ended. */
const WOKEN_SHARE = 0.9
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
  /** A line for people. */
  warn(text: string): void
}

export class Ingest {
  readonly #feed: SourceFeed
  readonly #io: IngestIo
  readonly #epoch: string
  readonly #flushMs: number
  readonly #scanner: Scanner
  readonly #records: Records
  readonly #sockets = new SocketTable()
  readonly #malformed: MalformedLog
  readonly #readers: Readers
  readonly #holdBack: HoldBack
  readonly #publisher: Publisher
  readonly #tops: TopTables
  readonly #snapshots: Snapshots
  readonly #pace: Pace
  readonly #rowsBefore: Uint8Array
  readonly #rowsAfter: Uint8Array
  readonly #startNs: number
  #byTime = true
  #messagesMs = Number.NEGATIVE_INFINITY
  #flushDueMs = 0
  #fillDueMs = 0
  #healthDueMs = 0
  #missed: number | null = null
  #sleeping = false
  /** A rest ended before its time. */
  #woken = false
  #lookedAgain = false
  #stopping = false

  constructor(feed: SourceFeed, options: IngestOptions, io: IngestIo) {
    this.#feed = feed
    this.#io = io
    this.#epoch = options.epoch
    this.#flushMs = options.flushMs
    this.#pace = new Pace(Math.min(MAX_SLEEP_MS, options.flushMs) * 1000, MAX_IDLE_SLEEP_MS * 1000)
    this.#startNs = io.nowNs()
    const gaps = new GapCollector(feed.cpus)
    this.#malformed = new MalformedLog(() => io.timeMs())
    this.#scanner = new Scanner(feed.cpus, options.timeZero, gaps.note, this.#malformed.note)
    this.#records = new Records(this.#scanner.at)
    this.#publisher = new Publisher(options.timeZero, this.#startNs, this.#records, gaps, (message, transfer) =>
      io.post(message, transfer),
    )
    this.#holdBack = new HoldBack(options.reading.order.windowMs, options.flushMs, this.#startNs)
    this.#tops = new TopTables(options.epoch)
    this.#snapshots = new Snapshots(options.epoch, feed.cpus)
    this.#rowsBefore = new Uint8Array(rowsBytes(feed.cpus))
    this.#rowsAfter = new Uint8Array(rowsBytes(feed.cpus))
    this.#readers = new Readers(
      {
        feed,
        records: this.#records,
        take: (bytes, slot) => this.#take(bytes, slot),
        nowNs: () => io.nowNs(),
        failed: (slot, thrown) => io.warn(`slot ${SLOT_NAMES[slot]} is no longer read: ${String(thrown)}`),
      },
      this.#startNs,
    )
    this.#read(options.reading)
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
    const nowNs = this.#io.nowNs()
    const nowMs = nowNs / 1e6
    const healthIsDue = nowMs >= this.#healthDueMs
    const flushIsDue = healthIsDue || nowMs >= this.#flushDueMs
    this.#pass(nowNs, flushIsDue)
    if (flushIsDue) this.#flush(nowNs)
    if (nowMs >= this.#fillDueMs) this.#postFill(nowMs)
    if (healthIsDue) this.#postHealth(nowMs)
    this.#woken = false
    if (!this.#readers.anyLeft && !this.#stopping) this.#rest()
  }

  #pass(nowNs: number, all: boolean): void {
    this.#receive(nowNs / 1e6)
    let hasRows = false
    this.#readers.pass(nowNs, this.#pace, all || this.#woken, (slot) => {
      if (!hasRows) this.#feed.rows(this.#rowsBefore)
      hasRows = true
      return droppedOf(this.#rowsBefore, this.#feed.cpus, slot)
    })
    const handles = this.#feed.retired()
    if (handles.length > 0) this.#post({ type: 'retired', handles })
  }

  #take(bytes: number, slot: number): void {
    const records = this.#records
    records.slot = slot
    records.count = this.#scanner.scan(records.words, bytes, slot, records.from)
    records.complete(this.#sockets, bytes)
    this.#tops.count(records)
    this.#publisher.take(
      () => this.#io.nowNs(),
      () => this.#release(),
    )
  }

  /** After a pass in which every slot was due. */
  #flush(passNs: number): void {
    this.#flushDueMs = passNs / 1e6 + this.#flushMs
    this.#readers.settle(this.#holdBack, passNs, this.#scanner.sequence)
    const nowNs = this.#io.nowNs()
    this.#receive(nowNs / 1e6)
    this.#publisher.flush(nowNs, this.#release())
  }

  #release(): Release {
    if (!this.#byTime) return { ...ALL, byTime: false }
    if (!this.#publisher.isAwaited) return ALL
    const { sequence } = this.#scanner
    const newestNs = Math.max(...SLOT_NAMES.map((_, slot) => sequence.newestNs(slot)))
    return { untilNs: this.#holdBack.untilNs(this.#io.nowNs(), newestNs), byTime: true }
  }

  #rest(): void {
    const { isAwaited } = this.#publisher
    const { micros, asleep } = this.#pace.end(isAwaited)
    const isQuiet = this.#readers.passBytes === 0
    const blocked = this.#readers.blockedSlots
    this.#sleeping = asleep && isQuiet
    if (!asleep) this.#feed.wait(Math.min(micros, this.#microsUntilDue()))
    else this.#sleep(isQuiet && blocked.length > 0 ? busyRestMicros(this.#readers.anyStuck) : micros, blocked)
  }

  /**
   * Producers wake the reader once it has said that it sleeps; what came before that is looked for again. Those behind a
   * busy head are not to wake it, as nothing could be read.
   */
  #sleep(micros: number, blockedSlots: readonly number[]): void {
    this.#feed.setAsleep(true, blockedSlots)
    /* Once: what a look finds and the next pass cannot read must not keep the thread from resting. */
    this.#lookedAgain = !this.#lookedAgain && this.#readers.anyMore
    if (!this.#lookedAgain) {
      const rest = Math.min(micros, this.#microsUntilDue())
      const beganNs = this.#io.nowNs()
      this.#feed.wait(rest)
      this.#woken = (this.#io.nowNs() - beganNs) / 1000 < rest * WOKEN_SHARE
    }
    this.#feed.setAsleep(false)
  }

  #microsUntilDue(): number {
    const nowMs = this.#io.nowNs() / 1e6
    const { isAwaited, pending } = this.#publisher
    const flushMs = isAwaited && pending > 0 ? this.#flushDueMs : Number.POSITIVE_INFINITY
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
        this.#publisher.replace(message.demands, message.version, this.#io.nowNs(), this.#byTime)
        break
      case 'reading':
        this.#read(message.reading)
        break
      case 'adopt':
        this.#adopt(message.slot, message.buffer, message.request)
        break
      case 'swapped':
        this.#readers.at(message.slot)?.renew()
        this.#readers.at(message.slot)?.fill.resized()
        this.#feed.swapped(message.slot)
        break
      case 'removed':
        this.#readers.at(message.slot)?.remove()
        this.#feed.removed(message.slot)
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

  /** What was held back under the former order is told with the next flush at the latest that the new one allows. */
  #read({ order, processing }: Reading): void {
    this.#byTime = order.mode === 'time'
    this.#holdBack.windowMs = order.windowMs
    this.#readers.process(processing)
  }

  /** A buffer that cannot be read is not answered for: whoever asked gives it up, and the slot keeps its own. */
  #adopt(slot: number, buffer: BufferHandle, request: number): void {
    try {
      this.#feed.adopt(slot, buffer)
    } catch (thrown) {
      this.#io.warn(`a buffer for slot ${SLOT_NAMES[slot]} cannot be read: ${String(thrown)}`)
      return
    }
    this.#readers.at(slot)?.renew()
    this.#post({ type: 'adopted', request })
  }

  #drain(): void {
    const deadlineNs = this.#io.nowNs() + DRAIN_MS * 1e6
    do this.#pass(this.#io.nowNs(), true)
    while ((this.#readers.anyLeft || this.#anyUsed()) && this.#io.nowNs() < deadlineNs)
    this.#pass(this.#io.nowNs(), true)
    const nowNs = this.#io.nowNs()
    this.#publisher.flush(nowNs, { ...ALL, byTime: this.#byTime })
    this.#postFill(nowNs / 1e6)
    this.#postHealth(nowNs / 1e6)
  }

  #anyUsed(): boolean {
    return this.#readers.usedBytes().some((bytes) => bytes > 0)
  }

  #postFill(nowMs: number): void {
    this.#fillDueMs = nowMs + FILL_MS
    const slots = this.#readers.fills.flatMap((fill, slot) => {
      const { capacityBytes, usedBytes } = fill
      const highWaterBytes = fill.takeFillHighWater()
      return this.#snapshots.shows(slot, fill) ? [{ slot, capacityBytes, usedBytes, highWaterBytes }] : []
    })
    this.#post({ type: 'fill', timeMs: this.#io.timeMs(), slots })
  }

  #postHealth(nowMs: number): void {
    this.#healthDueMs = nowMs + HEALTH_MS
    const { consumed, decoded, malformed, sequence, consumedBytes } = this.#scanner
    const { published, withheld, pending } = this.#publisher
    const { cpus } = this.#feed
    this.#feed.rows(this.#rowsBefore)
    const usedBytes = this.#readers.usedBytes()
    this.#feed.rows(this.#rowsAfter)
    const after = readLedger(this.#rowsAfter, cpus)
    const before = readLedger(this.#rowsBefore, cpus)
    const counted = { consumed, decoded, malformed, sequence, usedBytes, published, withheld, pending }
    const timeMs = this.#io.timeMs()
    const health = this.#snapshots.take({
      accounts: { cpus, before, after, ...counted },
      fills: this.#readers.fills,
      consumedBytes,
      missed: this.#missed,
      sleeping: this.#sleeping,
      timeMs,
      upMs: nowMs - this.#startNs / 1e6,
    })
    this.#post({ type: 'health', health })
    this.#post({ type: 'top', top: this.#tops.close(timeMs, after) })
    const samples = this.#malformed.take(this.#epoch, timeMs)
    if (samples !== null) this.#post({ type: 'malformed', malformed: samples })
  }

  #post(message: FromIngest): void {
    this.#io.post(message, [])
  }
}
