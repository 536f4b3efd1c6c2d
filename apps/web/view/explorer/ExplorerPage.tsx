'use client'
/** The events themselves: strip, filter, table, details. Fills the screen; the chrome is one line. */
import { useRef } from 'react'
import { DensityStrip } from './DensityStrip.tsx'
import { Details } from './Details.tsx'
import { EmptyTable } from './EmptyTable.tsx'
import { EventTable, type TableHandle } from './EventTable.tsx'
import { useExplorerKeys } from './explorer-keys.ts'
import { FilterLine } from './FilterLine.tsx'
import { useSelection } from './selection.ts'
import { useExplorer, useFilterInForce } from './use-explorer.ts'

export function ExplorerPage() {
  useFilterInForce()
  const { shown } = useExplorer()
  const { selected, open } = useSelection()
  const table = useRef<TableHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  useExplorerKeys(table, search)
  return (
    <div className="flex h-full min-h-80 flex-col bg-panel">
      <h1 className="sr-only">Explorer</h1>
      <FilterLine search={search} />
      <DensityStrip onPick={(place) => table.current?.reveal(place, 'center')} />
      <div className="flex min-h-0 flex-1 max-[1100px]:flex-col">
        <div className="relative min-h-0 min-w-0 flex-1">
          {shown.length > 0 && <EventTable ref={table} />}
          {shown.rows === 0 && <EmptyTable />}
        </div>
        {open && selected !== null && <Details row={selected} />}
      </div>
    </div>
  )
}
