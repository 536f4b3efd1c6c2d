'use client'
/** The explorer's keys, as an operator of such a table expects them. */
import { eventOf } from '@ringside/protocol'
import type { RefObject } from 'react'
import { explorer } from '../../store/explorer.ts'
import { rowAt } from '../../store/row.ts'
import { setFilter, TYPE_NAMES, useUi, without } from '../../store/ui.ts'
import { useKeys } from '../hooks/use-keys.ts'
import type { TableHandle } from './EventTable.tsx'
import { select, useSelection } from './selection.ts'

export function useExplorerKeys(
  table: RefObject<TableHandle | null>,
  search: RefObject<HTMLInputElement | null>,
): void {
  const reveal: TableHandle['reveal'] = (place, how) => table.current?.reveal(place, how)
  useKeys({
    Space: (event) => {
      event.preventDefault()
      if (explorer.pausedBy === 'operator') explorer.resume()
      else explorer.pause('operator')
    },
    End: (event) => {
      event.preventDefault()
      explorer.resume()
    },
    j: () => step(1, reveal),
    k: () => step(-1, reveal),
    ArrowDown: (event) => {
      event.preventDefault()
      step(1, reveal)
    },
    ArrowUp: (event) => {
      event.preventDefault()
      step(-1, reveal)
    },
    Enter: () => {
      if (useSelection.getState().selected === null) step(0, reveal)
      useSelection.setState({ open: true })
    },
    Escape: () => {
      if (document.activeElement === search.current) search.current?.blur()
      else select(null)
    },
    '/': (event) => {
      event.preventDefault()
      search.current?.focus()
      search.current?.select()
    },
    f: () => filterBySelected(true),
    'Shift+F': () => filterBySelected(false),
    '[': () => toGap(-1, reveal),
    ']': () => toGap(1, reveal),
  })
}

/** The next row in a direction, markers passed over; from the last one on the screen when none is selected. */
function step(by: -1 | 0 | 1, reveal: TableHandle['reveal']): void {
  explorer.pause('operator')
  const { shown } = explorer
  const { selected } = useSelection.getState()
  let place = selected === null ? shown.length - 1 : shown.indexOf(selected.entry) + by
  const direction = selected === null || by === 0 ? -1 : by
  while (place >= 0 && place < shown.length && shown.marker(shown.at(place)) !== undefined) place += direction
  const row = rowAt(shown.entries, shown.at(place))
  if (row === null) return
  select(row)
  reveal(place, 'auto')
}

/** Only what is like the selected row, or everything else: by its type. */
function filterBySelected(only: boolean): void {
  const { selected } = useSelection.getState()
  const type = selected === null ? undefined : eventOf(selected.held.batch, selected.row)?.type
  if (type === undefined) return
  setFilter({ types: only ? [type] : without(useUi.getState().filter.types, type, TYPE_NAMES) })
}

/** The next gap before or behind the selected row, or the end of the list. */
export function toGap(by: -1 | 1, reveal: TableHandle['reveal']): void {
  explorer.pause('operator')
  const { shown } = explorer
  const from = useSelection.getState().selected?.entry ?? shown.at(shown.length - 1) + 1
  const gaps = [...shown.markers()].filter(([, marker]) => marker.kind === 'gap').map(([entry]) => entry)
  const gap = by < 0 ? gaps.findLast((entry) => entry < from) : gaps.find((entry) => entry > from)
  if (gap === undefined) return
  const place = shown.indexOf(gap)
  const beside = rowAt(shown.entries, shown.at(place + by)) ?? rowAt(shown.entries, shown.at(place - by))
  if (beside !== null) select(beside)
  reveal(place, 'center')
}
