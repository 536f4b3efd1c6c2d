/** Entry of the thread that reads a load as ingest does, and tells in which order the records came. */
import { readFileSync } from 'node:fs'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { readLedger, rowsBytes } from '../../health/rows.ts'
import { Pace } from '../../ingest/pace.ts'
import { CHUNK_BYTES, Scanner, timeOf } from '../../ingest/scan.ts'
import { type MonotonicWords, monotonicWords } from '../../source/monotonic.ts'
import { openFeed } from '../../source/open-feed.ts'
import type { FeedDescriptor, SourceFeed } from '../../source/source.ts'
import { OrderCheck } from './order-check.ts'

export interface CompareReaderOptions {
  feed: FeedDescriptor
  slot: number
}

export interface CompareReading {
  consumed: number
  dropped: number
  toldLost: number | null
  inversions: number
  late: number
  cpuNs: number
  /** From the first records to the last. */
  readMs: number
}

/** As the ingest thread rests at most. */
const MAX_REST_MICROS = 10_000

if (parentPort === null) throw new Error('the reader runs in a worker thread')
const port = parentPort
const { feed: descriptor, slot } = workerData as CompareReaderOptions
const feed = await openFeed(descriptor)
try {
  port.postMessage(null)
  port.postMessage(read(feed))
} finally {
  feed.close()
}

function read(source: SourceFeed): CompareReading {
  const zero = monotonicWords()
  const scanner = new Scanner(source.cpus, zero)
  const sinceZero = () => nanoseconds(monotonicWords(), zero)
  const order = new OrderCheck(slot, 0)
  const chunk = new Uint8Array(CHUNK_BYTES)
  const words = new Uint32Array(chunk.buffer)
  const pace = new Pace(MAX_REST_MICROS)
  let passMs = performance.now()
  let firstMs = Number.NaN
  let lastMs = Number.NaN

  function pass(): void {
    const nowMs = performance.now()
    const notedNs = sinceZero()
    const capacityBytes = source.state(slot)?.capacityBytes ?? 0
    source.beginPass()
    pace.begin()
    let taken = 0
    for (let bytes = source.read(slot, chunk); bytes > 0; bytes = source.read(slot, chunk)) {
      const count = scanner.scan(words, bytes, slot)
      for (let index = 0; index < count; index += 1) order.take(timeOf(words, scanner.at[index] as number, zero))
      taken += bytes
    }
    order.pass(notedNs, sinceZero())
    if (taken > 0) {
      lastMs = performance.now()
      if (Number.isNaN(firstMs)) firstMs = passMs
    }
    pace.note(taken, (nowMs - passMs) * 1000, capacityBytes)
    passMs = nowMs
  }

  const startNs = cpuNs()
  while (receiveMessageOnPort(port) === undefined) {
    pass()
    const { micros, asleep } = pace.end()
    if (asleep) source.setAsleep(true)
    source.wait(Math.min(micros, MAX_REST_MICROS))
    if (asleep) source.setAsleep(false)
  }
  pass()
  const readNs = cpuNs() - startNs
  order.end()

  const rows = new Uint8Array(rowsBytes(source.cpus))
  source.rows(rows)
  const ledger = readLedger(rows, source.cpus)
  const sum = (table: Float64Array) => table.reduce((total, value) => total + value, 0)
  return {
    consumed: sum(scanner.consumed),
    dropped: sum(ledger.dropped),
    toldLost: source.state(slot)?.toldLost ?? null,
    inversions: order.inversions,
    late: order.late,
    cpuNs: readNs,
    readMs: Number.isNaN(firstMs) ? 0 : lastMs - firstMs,
  }
}

function nanoseconds(words: MonotonicWords, zero: MonotonicWords): number {
  return (words.hi - zero.hi) * 2 ** 32 + (words.lo - zero.lo)
}

/** Time on a CPU of the calling thread: first field of schedstat, ns (Documentation/scheduler/sched-stats.rst). */
function cpuNs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0])
}
