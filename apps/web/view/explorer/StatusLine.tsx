'use client'
/** The last line: which order the rows stand in, how late some came, and whether numbers of them are estimates. */
import { useAgent } from '../../store/agent.ts'
import { rateInForce } from '../../store/slots.ts'
import { TYPE_NAMES } from '../../store/ui.ts'
import { lateWords, orderWords } from './order.ts'
import { useExplorer } from './use-explorer.ts'

export function StatusLine() {
  const { lateness } = useExplorer()
  const applied = useAgent((state) => state.control?.applied)
  if (applied === undefined) return null
  const { order } = applied
  const isSampled = TYPE_NAMES.some((type) => applied.types[type].enabled && rateInForce(applied, type) < 1)
  const isLate = lateness.late > 0 && order.mode === 'time'
  return (
    <p
      className="flex shrink-0 items-center gap-x-2 overflow-hidden border-t border-line bg-panel px-4 py-0.5 text-label whitespace-nowrap text-mute"
      data-testid="explorer-status"
    >
      <span title="The order that the agent publishes rows in; it can be changed under Control">
        order: <span className="text-ink">{orderWords(order)}</span>
      </span>
      <span aria-hidden="true">·</span>
      <span
        data-testid="explorer-late"
        className={isLate ? 'text-skipped-ink' : ''}
        title="Rows that are older than one published before them, of all that matched since the order was chosen or this page was opened"
      >
        {lateWords(lateness, order.mode)}
      </span>
      {isSampled && (
        <span className="truncate">
          · rows marked <span className="text-sampled-ink">×n</span> are sampled and stand for n events; numbers of them
          are marked ≈
        </span>
      )}
    </p>
  )
}
