/** One row of the log, found by its entry number: which batch holds it, and where. */
import type { Entries } from './event-log.ts'
import type { Held } from './explorer.ts'
import type { Marker } from './markers.ts'

export interface RowRef {
  readonly entry: number
  readonly held: Held
  readonly row: number
}

/** Null for a marker, and for what is no longer held. */
export function rowAt(entries: Entries<Held, Marker>, entry: number): RowRef | null {
  const piece = entries.piece(entry)
  if (piece === undefined || piece.kind === 'marker') return null
  return { entry, held: piece.batch, row: piece.from + entry - piece.first }
}

/** Wall-clock time of a row, ms. */
export function timeOf({ held, row }: RowRef): number {
  return held.zeroMs + (held.batch.timeNs[row] ?? 0) / 1e6
}

/** By how much a row came late, ms; 0 where it did not. */
export function lateMsOf({ held, row }: RowRef): number {
  return (held.lateNs?.[row] ?? 0) / 1e6
}
