/** One workload after the other over both transports, in turns, so that what else the host does hits both alike. */
import { Worker } from 'node:worker_threads'
import type { Comparison, Measured, Transport } from '@ringside/protocol'
import { type LoadWish, messageFrom, openLoad } from '../../source/load.ts'
import type { CompareReaderOptions, CompareReading } from './reader.ts'

const SCRIPT = new URL('./reader.js', import.meta.url)
const KIB = 1024
/** Odd, so that the one in the middle is one that was measured. */
const ROUNDS = 3

type Workload = Pick<LoadWish, 'bytes' | 'padBytes' | 'perSecond'> & { title: string }

/** null: of a fixed size, written in place where the transport can. */
const WORKLOADS: readonly Workload[] = [
  { title: '100,000 events/s on each CPU, 80 bytes', bytes: 1024 * KIB, padBytes: null, perSecond: 100_000 },
  {
    title: '20,000 events/s on each CPU, of variable size, 560 bytes',
    bytes: 1024 * KIB,
    padBytes: 512,
    perSecond: 20_000,
  },
  { title: 'as many as each CPU can make, 80 bytes', bytes: 4096 * KIB, padBytes: null, perSecond: null },
]

export interface CompareOptions {
  /** Of each single run; there are six of each workload. */
  seconds: number
  onProgress: (text: string) => void
}

/** Rejects where BPF does not load, or a transport cannot be used. */
export async function measureTransports({ seconds, onProgress }: CompareOptions): Promise<Comparison['runs']> {
  const runs: Comparison['runs'] = []
  for (const workload of WORKLOADS) {
    const rounds: Record<Transport, Measured[]> = { ring: [], perf: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      const order: readonly Transport[] = round % 2 === 0 ? ['ring', 'perf'] : ['perf', 'ring']
      for (const transport of order) {
        onProgress(`${workload.title}: ${transport}, round ${round + 1} of ${ROUNDS}`)
        rounds[transport].push(await measureOne(workload, transport, seconds * 1000))
      }
    }
    runs.push({ workload: workload.title, ring: middle(rounds.ring), perf: middle(rounds.perf) })
  }
  return runs
}

async function measureOne(workload: Workload, transport: Transport, milliseconds: number): Promise<Measured> {
  const load = await openLoad({ ...workload, transport })
  const workerData: CompareReaderOptions = { feed: load.feed, slot: load.slot }
  const reader = new Worker(SCRIPT, { workerData })
  try {
    await messageFrom(reader, 'the reader did not begin')
    const { made, cpuNs } = await load.run(milliseconds)
    reader.postMessage('stop')
    const reading = (await messageFrom(reader, 'the reader did not end')) as CompareReading
    const lost = made - reading.consumed - reading.dropped
    if (lost !== 0) throw new Error(`${lost} of ${made} events are unaccounted for over ${transport}`)
    return {
      events: made,
      delivered: reading.consumed,
      dropped: reading.dropped,
      toldLost: reading.toldLost,
      deliveredPerSecond: reading.readMs === 0 ? 0 : Math.round((reading.consumed / reading.readMs) * 1000),
      producerNsPerEvent: perEvent(cpuNs, made),
      readerNsPerEvent: perEvent(reading.cpuNs, reading.consumed),
      memoryBytes: load.memoryBytes,
      inversions: reading.inversions,
      late: reading.late,
    }
  } finally {
    await reader.terminate()
    load.close()
  }
}

function perEvent(ns: number, events: number): number {
  return events === 0 ? 0 : Math.round((ns / events) * 10) / 10
}

/** By delivered events a second. */
function middle(rounds: readonly Measured[]): Measured {
  const sorted = [...rounds].sort((a, b) => a.deliveredPerSecond - b.deliveredPerSecond)
  return sorted[Math.floor(sorted.length / 2)] as Measured
}
