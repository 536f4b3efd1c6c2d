/**
 * The comparison of both transports: what is said of them in general, and what was measured here. Pure.
 * What cannot be measured is said to be so.
 */
import {
  type Comparison,
  formatBytes,
  formatCount,
  formatShare,
  type Measured,
  type Transport,
} from '@ringside/protocol'

export type Run = Comparison['runs'][number]

export interface Feature {
  readonly name: string
  /** In general. */
  readonly said: Readonly<Record<Transport, string>>
  /** Of one workload; null where there is nothing to measure. */
  readonly measured: ((measured: Measured) => string) | null
  /** What stands in the place of figures. */
  readonly instead: string
}

export const FEATURES: readonly Feature[] = [
  {
    name: 'Kernel version',
    said: { ring: '5.8 and later; here from 5.10', perf: 'all; here from 5.5' },
    measured: null,
    instead: 'known, not measured',
  },
  {
    name: 'Memory overhead',
    said: { ring: 'low: CPUs share one', perf: 'high: one for each CPU' },
    measured: ({ memoryBytes }) => formatBytes(memoryBytes),
    instead: '',
  },
  {
    name: 'Copy overhead',
    said: { ring: 'none for a fixed size: written in place', perf: 'always copied' },
    measured: ({ producerNsPerEvent, readerNsPerEvent }) =>
      `${nanoseconds(producerNsPerEvent)} to write, ${nanoseconds(readerNsPerEvent)} to read an event`,
    instead: '',
  },
  {
    name: 'Event ordering',
    said: { ring: 'that of reservation', perf: 'none across CPUs' },
    measured: ({ inversions, late }) =>
      `${formatCount(inversions)} inversions as read, ${formatCount(late)} late after reordering`,
    instead: '',
  },
  {
    name: 'API simplicity',
    said: { ring: 'simple', perf: 'complex' },
    measured: null,
    instead: 'not measured: here the same programs and records serve both',
  },
  {
    name: 'Variable events',
    said: { ring: 'yes', perf: 'limited' },
    measured: null,
    instead: 'here both carry them; perf buffers pad by up to 7 bytes',
  },
  {
    name: 'Performance',
    said: { ring: 'better', perf: 'good' },
    measured: ({ deliveredPerSecond }) => `${formatCount(deliveredPerSecond)} events/s delivered`,
    instead: '',
  },
  {
    name: 'Loss',
    said: { ring: 'reported to the program', perf: 'reported to the program and to the reader' },
    measured: lossText,
    instead: '',
  },
]

function lossText({ events, dropped, toldLost }: Measured): string {
  const share = formatShare(events === 0 ? null : dropped / events)
  const told = toldLost === null ? 'the reader is told nothing' : `${formatCount(toldLost)} told to the reader`
  return `${formatCount(dropped)} dropped (${share}), ${told}`
}

export interface Figure {
  readonly name: string
  readonly unit: string
  readonly of: (measured: Measured) => number | null
  /** Whether less is better; null where neither is. */
  readonly less: boolean | null
  readonly text: (value: number) => string
  /** Whether the two may be compared at all; left out where they always may. */
  readonly fair?: (ring: Measured, perf: Measured) => boolean
}

/** A load that neither lost a part of says nothing of what more they would deliver. */
const sheds: NonNullable<Figure['fair']> = (ring, perf) => ring.dropped + perf.dropped > 0

/** The raw figures, a line each. */
export const FIGURES: readonly Figure[] = [
  { name: 'events made', unit: '', of: ({ events }) => events, less: null, text: formatCount },
  { name: 'delivered', unit: '', of: ({ delivered }) => delivered, less: null, text: formatCount },
  {
    name: 'delivered per second',
    unit: '/s',
    of: (m) => m.deliveredPerSecond,
    less: false,
    text: formatCount,
    fair: sheds,
  },
  { name: 'producer, per event', unit: '', of: (m) => m.producerNsPerEvent, less: true, text: nanoseconds },
  { name: 'reader CPU, per event', unit: '', of: (m) => m.readerNsPerEvent, less: true, text: nanoseconds },
  { name: 'memory', unit: '', of: ({ memoryBytes }) => memoryBytes, less: true, text: formatBytes },
  { name: 'dropped, counted in BPF', unit: '', of: ({ dropped }) => dropped, less: true, text: formatCount },
  { name: 'lost, as the transport told', unit: '', of: ({ toldLost }) => toldLost, less: null, text: formatCount },
  { name: 'inversions as read', unit: '', of: ({ inversions }) => inversions, less: true, text: formatCount },
  { name: 'late after reordering', unit: '', of: ({ late }) => late, less: true, text: formatCount },
]

/** Which of the two is better in a figure; null where neither is, or where they cannot be compared. */
export function betterOf(figure: Figure, { ring, perf }: Run): Transport | null {
  const [a, b] = [figure.of(ring), figure.of(perf)]
  if (figure.less === null || a === null || b === null || ratioText(a, b) === 'equal' || a === b) return null
  if (figure.fair?.(ring, perf) === false) return null
  return a < b === figure.less ? 'ring' : 'perf'
}

/** Workloads by a letter each: A, B, C. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index)
}

/** "1.8 × perf", "equal"; empty where there is nothing to compare. */
export function ratioText(ring: number | null, perf: number | null): string {
  if (ring === null || perf === null || ring <= 0 || perf <= 0) return ''
  const ratio = ring / perf
  if (Math.abs(ratio - 1) < 0.02) return 'equal'
  if (ratio < 0.01) return '< 0.01 × perf'
  return `${ratio >= 10 ? formatCount(ratio) : ratio.toPrecision(2)} × perf`
}

function nanoseconds(ns: number): string {
  return ns < 10 ? `${ns.toFixed(1)} ns` : `${formatCount(ns)} ns`
}
