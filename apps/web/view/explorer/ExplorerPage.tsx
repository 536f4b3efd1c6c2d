'use client'
/** The events themselves: strip, filter, table, details. Fills the screen; the chrome is one line. */
import { useEffect, useRef } from 'react'
import { placeOfTime } from '../../store/density.ts'
import { explorer } from '../../store/explorer.ts'
import { rowAt } from '../../store/row.ts'
import { DensityStrip } from './DensityStrip.tsx'
import { Details } from './Details.tsx'
import { EmptyTable } from './EmptyTable.tsx'
import { EventTable, type TableHandle } from './EventTable.tsx'
import { toGap, useExplorerKeys } from './explorer-keys.ts'
import { FilterLine } from './FilterLine.tsx'
import { GapDetails } from './GapDetails.tsx'
import { StatusLine } from './StatusLine.tsx'
import { select, useSelection } from './selection.ts'
import { useExplorer, useFilterInForce } from './use-explorer.ts'

export function ExplorerPage() {
  const atMs = useFilterInForce()
  const { shown } = useExplorer()
  const { selected, gap, open } = useSelection()
  const table = useRef<TableHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  useExplorerKeys(table, search)
  useEffect(() => {
    // Before the first row there is nowhere to go, and standing still would keep the first ones from showing.
    if (atMs === null || explorer.log.kept === 0) return
    explorer.pause('operator')
    const place = placeOfTime(explorer.shown, atMs)
    const row = rowAt(explorer.shown.entries, explorer.shown.at(place))
    if (row !== null) select(row)
    table.current?.reveal(place, 'center')
  }, [atMs])
  return (
    <div className="flex h-full min-h-80 flex-col bg-panel">
      <h1 className="sr-only">Explorer</h1>
      <FilterLine search={search} onGap={(by) => toGap(by, (place, how) => table.current?.reveal(place, how))} />
      <DensityStrip onPick={(place) => table.current?.reveal(place, 'center')} />
      <div className="flex min-h-0 flex-1 max-[1100px]:flex-col">
        <div className="relative min-h-0 min-w-0 flex-1">
          {shown.length > 0 && <EventTable ref={table} />}
          {shown.rows === 0 && <EmptyTable />}
        </div>
        {open && selected !== null && <Details row={selected} />}
        {gap !== null && <GapDetails losses={gap.losses} />}
      </div>
      <StatusLine />
    </div>
  )
}
