/** `ringside compare`: one workload over both transports, and the chapter's comparison table with what was measured. */
import { type Comparison, formatBytes, formatCount, type Measured } from '@ringside/protocol'
import { EXIT } from '../exit-codes.ts'
import { tableOf } from '../table.ts'
import { measureTransports } from './measure.ts'

export interface CompareCliOptions {
  json?: boolean
  seconds: number
}

interface Line {
  title: string
  of: (measured: Measured) => string
}

const LINES: readonly Line[] = [
  { title: 'delivered', of: (run) => `${formatCount(run.deliveredPerSecond)} ev/s` },
  { title: 'lost, counted in BPF', of: (run) => `${formatCount(run.dropped)} of ${formatCount(run.events)}` },
  {
    title: 'lost, as the buffer told',
    of: ({ toldLost }) => (toldLost === null ? 'it does not tell' : formatCount(toldLost)),
  },
  { title: 'producer, CPU per event', of: (run) => `${run.producerNsPerEvent.toFixed(1)} ns` },
  { title: 'reader, CPU per event', of: (run) => `${run.readerNsPerEvent.toFixed(1)} ns` },
  { title: 'memory', of: (run) => formatBytes(run.memoryBytes) },
  { title: 'out of order as read', of: (run) => formatCount(run.inversions) },
  { title: 'late after reordering', of: (run) => formatCount(run.late) },
]

/** @returns the exit code */
export async function runCompare(options: CompareCliOptions, say: (text: string) => void): Promise<number> {
  const runs = await measureTransports({
    seconds: options.seconds,
    onProgress: (text) => process.stderr.write(`${text}\n`),
  })
  say(options.json ? JSON.stringify(runs) : describe(runs))
  return EXIT.ok
}

function describe(runs: Comparison['runs']): string {
  return runs
    .map(({ workload, ring, perf }) => {
      const rows = LINES.map(({ title, of }) => [title, of(ring), of(perf)])
      return `${workload}\n${tableOf([['', 'ring buffer', 'perf buffers'], ...rows], [false, true, true])}`
    })
    .join('\n\n')
}
