/** One event as a line. Everything in it is text that the protocol has made safe to show. */
import { commOf, eventOf, formatDuration, SLOT_NAMES, summaryOf, weightOf } from '@ringside/protocol'
import { Clock } from 'lucide-react'
import { memo } from 'react'
import { lateMsOf, type RowRef } from '../../store/row.ts'
import { eventTime } from '../format.ts'
import { SlotMark } from '../parts/SlotMark.tsx'
import { GRID, ROW } from './columns.ts'
import { weightText } from './order.ts'

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
        <td className="flex items-center gap-1 font-mono text-data">
          {eventTime(zeroMs, batch.timeNs[row] ?? 0)}
          {lateMsOf(ref) > 0 && <Late ms={lateMsOf(ref)} />}
        </td>
        <td className="flex items-center gap-1.5">
          {slot !== undefined && <SlotMark slot={slot} />}
          {slot ?? `slot ${batch.slot[row]}`}
        </td>
        <td className="flex items-baseline gap-1.5">
          {event?.type ?? `type ${batch.type[row]}`}
          <Weight weight={weightOf(batch.rate[row] ?? 0)} />
        </td>
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

/** It happened before the row above it, and came after. */
function Late({ ms }: { ms: number }) {
  const text = `late by ${formatDuration(ms * 1e6)}`
  return (
    <span title={text} data-testid="row-late" className="text-skipped-ink">
      <Clock className="size-3" role="img" aria-label={text} />
    </span>
  )
}

/** How many events it stands for, where some like it were left out. */
function Weight({ weight }: { weight: number }) {
  const text = weightText(weight)
  if (text === null) return null
  return (
    <span
      title={`Sampled: this event stands for ${Number(weight.toPrecision(3))}`}
      data-testid="row-weight"
      className="text-label text-sampled-ink"
    >
      {text}
    </span>
  )
}
