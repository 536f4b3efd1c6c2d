'use client'
/** The live table. It follows the newest row until the operator looks elsewhere; while paused nothing on it moves. */
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { explorer } from '../../store/explorer.ts'
import { rowAt } from '../../store/row.ts'
import { GRID, HEADS, ROW_REM } from './columns.ts'
import { EventRow } from './EventRow.tsx'
import { MarkerRow } from './MarkerRow.tsx'
import { NewestPill } from './NewestPill.tsx'
import { select, useSelection } from './selection.ts'
import { useExplorer } from './use-explorer.ts'
import { usePointerHold } from './use-pointer-hold.ts'

export interface TableHandle {
  /** Brings a place into view: to the middle, or no further than it must. */
  reveal(place: number, how: 'center' | 'auto'): void
}

const OVERSCAN = 8

/** Where a paused table was left: whoever follows a remedy to another room and comes back is still at the gap. */
let leftAtPx = 0

export function EventTable({ ref }: { ref: Ref<TableHandle> }) {
  const { shown, pausedBy } = useExplorer()
  const selected = useSelection((state) => state.selected)
  const scroller = useRef<HTMLElement>(null)
  const followedTo = useRef(0)
  const hold = usePointerHold()
  const rowPx = useRef(23)
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx.current,
    overscan: OVERSCAN,
    useFlushSync: false,
    initialOffset: () => (pausedBy === null ? 0 : leftAtPx),
    // Whoever follows sees the end in this very frame, not after the next scroll event.
    rangeExtractor: (range) =>
      pausedBy === null ? lastOf(range, scroller.current, rowPx.current) : defaultRangeExtractor(range),
  })
  const items = rows.getVirtualItems()
  useLayoutEffect(() => {
    const fontPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    rowPx.current = fontPx * ROW_REM
    rows.measure()
  }, [rows])
  // Every commit: whoever follows stands at the end.
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || pausedBy !== null) return
    element.scrollTop = element.scrollHeight
    followedTo.current = element.scrollTop
  })
  useImperativeHandle(ref, () => ({
    reveal: (place, how) => rows.scrollToIndex(place, { align: how }),
  }))
  const onScroll = () => {
    const element = scroller.current
    if (element === null) return
    leftAtPx = element.scrollTop
    if (pausedBy !== null) return
    const below = element.scrollHeight - element.clientHeight - element.scrollTop
    if (below > rowPx.current && element.scrollTop < followedTo.current) explorer.pause('operator')
  }
  return (
    <>
      <section
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        tabIndex={0}
        aria-label="Events, oldest first"
        data-testid="explorer-table"
        className="h-full overflow-y-scroll overscroll-contain [overflow-anchor:none]"
        onScroll={onScroll}
        {...hold}
      >
        <table className="block" aria-rowcount={shown.length + 1}>
          <thead className="sticky top-0 z-10 block border-b border-line bg-panel">
            <tr aria-rowindex={1} className={`${GRID} px-4 py-1 text-label text-faint`}>
              {HEADS.map((head) => (
                <th key={head.name} scope="col" className={`font-normal ${head.look}`}>
                  {head.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="block" style={{ height: rows.getTotalSize(), paddingTop: items[0]?.start ?? 0 }}>
            {items.map((item, i) => {
              const entry = shown.at(item.index)
              // While it follows, every line gets a new row: the lines stay, and only their text changes.
              const key = pausedBy === null ? i : entry
              const marker = shown.marker(entry)
              const row = marker === undefined ? rowAt(shown.entries, entry) : null
              if (marker !== undefined) return <MarkerRow key={key} marker={marker} index={item.index} entry={entry} />
              if (row === null) return null
              return (
                <EventRow key={key} row={row} index={item.index} selected={selected?.entry === entry} onSelect={open} />
              )
            })}
          </tbody>
        </table>
      </section>
      <NewestPill />
    </>
  )
}

function lastOf(range: Range, element: HTMLElement | null, rowPx: number): number[] {
  const length = Math.min(range.count, Math.ceil((element?.clientHeight ?? 0) / rowPx) + OVERSCAN)
  return Array.from({ length }, (_, i) => range.count - length + i)
}

function open(row: Parameters<typeof select>[0]): void {
  explorer.pause('operator')
  select(row, true)
}
