/** The fates' marks: one colour and one shape each, so that no meaning rests on the colour alone. */
import type { ReactNode } from 'react'

export type Fate =
  | 'submitted'
  | 'consumed'
  | 'filtered'
  | 'sampled'
  | 'shed'
  | 'aggregated'
  | 'dropped'
  | 'malformed'
  | 'thinned'
  | 'skipped'

export const FATE_COLOR: Readonly<Record<Fate, string>> = {
  submitted: 'var(--submitted)',
  consumed: 'var(--consumed)',
  filtered: 'var(--filtered)',
  sampled: 'var(--sampled)',
  shed: 'var(--shed)',
  aggregated: 'var(--aggregated)',
  dropped: 'var(--dropped)',
  malformed: 'var(--malformed)',
  thinned: 'var(--thinned)',
  skipped: 'var(--skipped)',
}

/** What each word means, for hovering and for screen readers. */
export const FATE_MEANING: Readonly<Record<Fate, string>> = {
  submitted: 'Put into the buffer by the kernel',
  consumed: 'Taken out of the buffer by the agent',
  filtered: 'Not emitted, because of the filter in the kernel',
  sampled: 'Not emitted, because of the sampling rate',
  shed: 'Not emitted, because backpressure is on',
  aggregated: 'Not emitted, but counted in the tables in the kernel',
  dropped: 'Lost: the kernel could not put it into the buffer',
  malformed: 'Arrived, but could not be decoded',
  thinned: 'Counted, but not sent to this page, by choice',
  skipped: 'Not sent, because this page was too slow',
}

const SHAPES: Readonly<Record<Fate, ReactNode>> = {
  submitted: <rect x="1" y="1" width="8" height="8" rx="1" fill="currentColor" />,
  consumed: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  filtered: <path d="M1 1.5h8L6 5.5V9L4 8V5.5Z" fill="currentColor" />,
  sampled: <path d="M1 2.5h8M1 5h8M1 7.5h8" stroke="currentColor" strokeWidth="1.4" />,
  shed: <path d="M5 1 9 5 5 9 1 5Z" fill="currentColor" />,
  aggregated: <path d="M8.5 2.5V1h-7l4 4-4 4h7V7.5" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  dropped: (
    <>
      <rect x="1" y="1" width="8" height="8" fill="none" stroke="currentColor" />
      <path d="M1 6 6 1M2.5 9 9 2.5M6.5 9 9 6.5" stroke="currentColor" strokeWidth="1.3" />
    </>
  ),
  malformed: <path d="M2 2 8 8M8 2 2 8" stroke="currentColor" strokeWidth="1.6" />,
  thinned: <path d="M1.5 5h1.4M4.3 5h1.4M7.1 5h1.4" stroke="currentColor" strokeWidth="2" />,
  skipped: <path d="M1.5 1.5 5 5 1.5 8.5M5 1.5 8.5 5 5 8.5" fill="none" stroke="currentColor" strokeWidth="1.4" />,
}

const TINT: Readonly<Record<Fate, string>> = {
  submitted: 'text-submitted',
  consumed: 'text-consumed',
  filtered: 'text-filtered',
  sampled: 'text-sampled',
  shed: 'text-shed',
  aggregated: 'text-aggregated',
  dropped: 'text-dropped',
  malformed: 'text-malformed',
  thinned: 'text-thinned',
  skipped: 'text-skipped',
}

export function FateMark({ fate }: { fate: Fate }) {
  return (
    <svg viewBox="0 0 10 10" className={`inline-block size-2.5 shrink-0 ${TINT[fate]}`} aria-hidden="true">
      {SHAPES[fate]}
    </svg>
  )
}

/** The hatching of loss for every drawing on the page: referred to as url(#hatch-dropped). */
export function HatchDefinitions() {
  return (
    <svg aria-hidden="true" className="absolute size-0" focusable="false">
      <defs>
        <pattern id="hatch-dropped" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" fill="var(--dropped)" fillOpacity="0.28" />
          <rect width="3" height="6" fill="var(--dropped)" />
        </pattern>
        <pattern id="hatch-silence" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2" height="6" fill="var(--line-strong)" />
        </pattern>
      </defs>
    </svg>
  )
}
