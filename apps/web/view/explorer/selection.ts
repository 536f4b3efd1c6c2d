/** Which row is looked at. It holds the row itself, so that the details stay when the log overwrites it. */
import { create } from 'zustand'
import type { RowRef } from '../../store/row.ts'

export interface Selection {
  selected: RowRef | null
  /** Whether the details are open. */
  open: boolean
}

export const useSelection = create<Selection>(() => ({ selected: null, open: false }))

export function select(selected: RowRef | null, open?: boolean): void {
  useSelection.setState((state) => ({ selected, open: selected !== null && (open ?? state.open) }))
}
