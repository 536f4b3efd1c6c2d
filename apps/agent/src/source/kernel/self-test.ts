/**
 * Drives a generator of known events through every way that an event can take, while a timer interrupts it: kept,
 * sampled, dropped in the middle and dropped at the end. What came of it is judged elsewhere (health/self-test.ts).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { onlineCpus } from '@ringside/native'
import { EVENT_TYPES, RATE_ALL, type Transport } from '@ringside/protocol'
import { ABI, LIMITS } from '../abi.ts'
import { KernelFeed } from './feed.ts'
import { GENERATOR_SLOT, Generator, LOADS_PER_RUN } from './generator.ts'
import type { TransportChoice } from './transport.ts'

const BUFFER_BYTES = 64 * 1024
const TICKS_HZ = 10_000
/** Together ≥ 200,000 events: 40 ms of the thread, given back after every turn of 2 ms or so. */
const TURNS = 20
const ROUNDS_PER_TURN = 20
/** Every so many rounds one is made that the buffer cannot hold. */
const FLOOD_EVERY = 8
const FLOOD_RUNS = 4
const HALF = 0x8000_0000
const CHUNK_BYTES = 256 * 1024

/** What looks at the records; `Scanner` of the ingest room. */
export interface RecordCheck {
  scan(words: Uint32Array, bytes: number, slot: number): number
}

export interface Exercise<C extends RecordCheck> {
  transport: Transport
  cpus: number
  slot: number
  check: C
  /** As `SourceFeed.rows` gives them, when all programs are at rest and the buffer is drained. */
  rows: Uint8Array
  /** Events that the generators were asked for. */
  loads: number
  ticks: number
  /** Bytes left in the buffer. */
  usedBytes: number
  milliseconds: number
}

/**
 * Takes some 100 ms. Rejects where BPF does not load or no timer can be had.
 * @param transport default: what this host would choose by itself
 */
export async function exerciseEmit<C extends RecordCheck>(
  newCheck: (cpus: number) => C,
  transport: TransportChoice = 'auto',
): Promise<Exercise<C>> {
  const start = performance.now()
  const generator = await Generator.create({ bytes: BUFFER_BYTES, transport })
  let feed: KernelFeed | null = null
  try {
    feed = new KernelFeed(generator.feed())
    const check = newCheck(generator.cpus)
    const drain = drainer(feed, check)
    // On every CPU, since the thread may be moved at any time.
    generator.startTicks(TICKS_HZ, onlineCpus())
    for (let turn = 0; turn < TURNS; turn += 1) {
      generator.setRate(EVENT_TYPES.load, turn % 2 === 0 ? RATE_ALL : HALF)
      makeEvents(generator, drain)
      await nextTurn()
    }
    // The last events find the buffer full: no later record tells of them.
    generator.setRate(EVENT_TYPES.load, RATE_ALL)
    generator.generate(FLOOD_RUNS * LOADS_PER_RUN)
    generator.stopTicks()
    await generator.settle()
    drain()

    const rows = new Uint8Array(generator.cpus * LIMITS.rows * ABI.structs.rs_row.bytes)
    feed.rows(rows)
    const state = feed.state(GENERATOR_SLOT)
    const usedBytes = state === null ? 0 : state.producer - state.consumer
    const milliseconds = Math.round(performance.now() - start)
    const { cpus } = generator
    const facts = { transport: generator.transport, cpus, slot: GENERATOR_SLOT }
    return { ...facts, check, rows, ...generator.runs(), usedBytes, milliseconds }
  } finally {
    feed?.close()
    generator.close()
  }
}

function makeEvents(generator: Generator, drain: () => void): void {
  for (let round = 1; round <= ROUNDS_PER_TURN; round += 1) {
    generator.generate(round % FLOOD_EVERY === 0 ? FLOOD_RUNS * LOADS_PER_RUN : LOADS_PER_RUN)
    drain()
  }
}

function drainer(feed: KernelFeed, check: RecordCheck): () => void {
  const chunk = new Uint8Array(CHUNK_BYTES)
  const words = new Uint32Array(chunk.buffer)
  return () => {
    feed.beginPass()
    for (let bytes = feed.read(GENERATOR_SLOT, chunk); bytes > 0; bytes = feed.read(GENERATOR_SLOT, chunk)) {
      check.scan(words, bytes, GENERATOR_SLOT)
    }
  }
}
