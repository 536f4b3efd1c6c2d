/** Every drop by its place and reason: slot, type, CPU, first and last time. */
import { type Drop, formatCount, type Health } from '@ringside/protocol'
import Link from 'next/link'
import { stamp } from '../format.ts'
import { Panel } from '../parts/panel.tsx'
import { SlotMark } from '../parts/SlotMark.tsx'
import { REASONS } from './reasons.ts'

export function DropsPanel({ health }: { health: Health }) {
  const { drops, dropsElsewhere } = health
  return (
    <Panel
      title="Drops"
      note="by slot, type, CPU and reason; sums are exact, of “full” and “other” the split is a snapshot"
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className="max-h-96 overflow-auto px-3.5 pt-1 pb-3" tabIndex={0} aria-label="Table of drops">
        {drops.length === 0 ? (
          <p className="py-1 text-faint" data-testid="drops">
            Nothing has been dropped since the agent started.
          </p>
        ) : (
          <table className="w-full" data-testid="drops">
            <thead className="text-label text-faint">
              <tr>
                <th className="text-left font-normal">slot</th>
                <th className="text-left font-normal">type</th>
                <th className="text-right font-normal">cpu</th>
                <th className="pl-6 text-left font-normal">reason</th>
                <th className="text-right font-normal">dropped</th>
                <th className="text-right font-normal">first noticed</th>
                <th className="text-right font-normal">last noticed</th>
              </tr>
            </thead>
            <tbody>
              {drops.map((drop) => (
                <Row key={`${drop.slot} ${drop.type} ${drop.cpu} ${drop.reason}`} drop={drop} />
              ))}
            </tbody>
          </table>
        )}
        {dropsElsewhere > 0 && (
          <p className="pt-1 text-data text-mute">{formatCount(dropsElsewhere)} more at places that dropped less.</p>
        )}
      </section>
    </Panel>
  )
}

function Row({ drop }: { drop: Drop }) {
  return (
    <tr className="border-t border-line">
      <td className="py-0.5">
        <span className="flex items-baseline gap-1.5">
          <SlotMark slot={drop.slot} />
          {drop.slot}
        </span>
      </td>
      <td>{drop.type}</td>
      <td className="text-right">{drop.cpu}</td>
      <td className="pl-6 text-mute">{REASONS[drop.reason]}</td>
      <td className="text-right font-semibold text-dropped-ink">{formatCount(drop.count)}</td>
      <td className="text-right text-mute">
        <Link href={`/explorer/?at=${Math.round(drop.firstMs)}`} className="hover:text-accent hover:underline">
          {stamp(drop.firstMs)}
        </Link>
      </td>
      <td className="text-right text-mute">
        <Link href={`/explorer/?at=${Math.round(drop.lastMs)}`} className="hover:text-accent hover:underline">
          {stamp(drop.lastMs)}
        </Link>
      </td>
    </tr>
  )
}
