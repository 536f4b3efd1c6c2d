'use client'
/** One gap in full: the streams that have the holes, and which of their numbers are missing. */
import { formatCount } from '@ringside/protocol'
import { X } from 'lucide-react'
import type { Loss } from '../../store/markers.ts'
import { events, timeRange } from '../format.ts'
import { SlotMark } from '../parts/SlotMark.tsx'
import { PANE } from './columns.ts'
import { select } from './selection.ts'

export function GapDetails({ losses }: { losses: readonly Loss[] }) {
  const lost = losses.reduce((sum, loss) => sum + loss.lost, 0)
  return (
    <aside data-testid="gap-pane" aria-label="Details of the gap" className={PANE}>
      <header className="flex items-start gap-2 border-b border-line px-3.5 py-2">
        <div className="min-w-0">
          <h2 className="font-semibold text-dropped-ink">{events(lost)} lost here</h2>
          <p className="text-label text-faint">
            a stream is what one CPU writes at one nesting level into one buffer; its numbers have no hole but by a drop
          </p>
        </div>
        <button
          type="button"
          className="ml-auto grid size-6 shrink-0 place-items-center rounded text-mute hover:bg-sunken"
          aria-label="Close the details (Esc)"
          onClick={() => select(null)}
        >
          <X className="size-4" aria-hidden="true" />
        </button>
      </header>
      <section
        className="min-h-0 flex-1 overflow-auto px-3.5 py-2"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        tabIndex={0}
        aria-label="Streams with holes"
      >
        {losses.map((loss) => (
          <Streams key={loss.slot} loss={loss} />
        ))}
      </section>
    </aside>
  )
}

function Streams({ loss }: { loss: Loss }) {
  const named = loss.streams.reduce((sum, stream) => sum + stream.lost, 0)
  return (
    <section className="mb-3">
      <h3 className="flex items-baseline gap-1.5 font-medium">
        <SlotMark slot={loss.slot} />
        {loss.slot}
        <span className="font-normal text-mute">
          {formatCount(loss.lost)} in {loss.holes === 1 ? 'one hole' : `${formatCount(loss.holes)} holes`}
        </span>
      </h3>
      <p className="font-mono text-data text-mute">{timeRange(loss.fromMs, loss.toMs)}</p>
      <table className="mt-1 w-full" data-testid={`gap-streams-${loss.slot}`}>
        <thead className="text-label text-faint">
          <tr>
            <th className="text-left font-normal">cpu</th>
            <th className="text-left font-normal">level</th>
            <th className="text-right font-normal">lost</th>
            <th className="text-right font-normal">numbers</th>
          </tr>
        </thead>
        <tbody>
          {loss.streams.map((stream) => (
            <tr
              key={`${stream.cpu} ${stream.level}`}
              className="border-t border-line align-baseline"
              title={`between records of ${timeRange(stream.fromMs, stream.toMs)}`}
            >
              <td className="py-0.5">{stream.cpu}</td>
              <td>{stream.level}</td>
              <td className="text-right">{formatCount(stream.lost)}</td>
              <td className="text-right font-mono text-data">
                {stream.from === stream.to
                  ? formatCount(stream.from)
                  : `${formatCount(stream.from)} – ${formatCount(stream.to)}`}
                <span className="block text-label text-faint">{timeRange(stream.fromMs, stream.toMs)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {named < loss.lost && (
        <p className="mt-1 text-data text-faint">{formatCount(loss.lost - named)} more in streams that lost less.</p>
      )}
    </section>
  )
}
