/** Which row or gap is looked at. It holds the thing itself, so that the details stay when the log overwrites it. */
import { create } from 'zustand'
import type { Loss } from '../../store/markers.ts'
import type { RowRef } from '../../store/row.ts'

/** A gap, by the entry that its marker stands at. */
export interface GapRef {
  readonly entry: number
  readonly losses: readonly Loss[]
}

export interface Selection {
  selected: RowRef | null
  /** Looked at instead of a row. */
  gap: GapRef | null
  /** Whether the details of the row are open. */
  open: boolean
}

export const useSelection = create<Selection>(() => ({ selected: null, gap: null, open: false }))

export function select(selected: RowRef | null, open?: boolean): void {
  useSelection.setState((state) => ({ selected, gap: null, open: selected !== null && (open ?? state.open) }))
}

export function openGap(gap: GapRef): void {
  useSelection.setState({ selected: null, gap, open: false })
}
