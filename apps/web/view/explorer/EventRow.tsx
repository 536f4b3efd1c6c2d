/** One event as a line. Everything in it is text that the protocol has made safe to show. */
import { commOf, eventOf, SLOT_NAMES, summaryOf } from '@ringside/protocol'
import { memo } from 'react'
import type { RowRef } from '../../store/row.ts'
import { eventTime } from '../format.ts'
import { GRID, ROW } from './columns.ts'
import { SlotMark } from './SlotMark.tsx'

interface Props {
  row: RowRef
  index: number
  selected: boolean
  onSelect: (row: RowRef) => void
}

export const EventRow = memo(
  function EventRow({ row: ref, index, selected, onSelect }: Props) {
    const { batch, zeroMs } = ref.held
    const { row } = ref
    const event = eventOf(batch, row)
    const slot = SLOT_NAMES[batch.slot[row] ?? 0]
    const summary = summaryOf(batch, row)
    return (
      <tr
        aria-rowindex={index + 2}
        aria-current={selected}
        data-testid="explorer-row"
        onClick={() => onSelect(ref)}
        className={`${GRID} ${ROW} cursor-default items-center px-4 ${selected ? 'bg-select' : 'hover:bg-sunken'}`}
      >
        <td className="font-mono text-data">{eventTime(zeroMs, batch.timeNs[row] ?? 0)}</td>
        <td className="flex items-center gap-1.5">
          {slot !== undefined && <SlotMark slot={slot} />}
          {slot ?? `slot ${batch.slot[row]}`}
        </td>
        <td>{event?.type ?? `type ${batch.type[row]}`}</td>
        <td className="truncate font-mono text-data">{commOf(batch, row)}</td>
        <td className="text-right font-mono text-data">
          {event?.hasTask && (batch.pid[row] ?? 0) !== 0 ? batch.pid[row] : ''}
        </td>
        <td className="truncate pl-4 font-mono text-data" title={summary}>
          {summary}
        </td>
        <td className="text-right font-mono text-data text-faint">{batch.cpu[row]}</td>
      </tr>
    )
  },
  (a, b) =>
    a.row.entry === b.row.entry && a.row.held === b.row.held && a.index === b.index && a.selected === b.selected,
)
