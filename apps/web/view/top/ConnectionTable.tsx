/** Connections as the kernel counted them: one line for each 5-tuple and direction, the heaviest by bytes. */
import { formatBytes, formatCount, protocolName, type Tables } from '@ringside/protocol'
import Link from 'next/link'
import { clock } from '../format.ts'
import { Panel } from '../parts/panel.tsx'
import { agoText } from './counts.ts'

const SHOWN = 20

type Row = Tables['connections']['rows'][number]

export function ConnectionTable({ tables, isCounted }: { tables: Tables; isCounted: boolean }) {
  const { rows, known, forgotten, packets, bytes } = tables.connections
  const shown = rows.slice(0, SHOWN)
  const note = `${formatCount(packets)} packets, ${formatBytes(bytes)} through ${formatCount(known)} connections known${
    forgotten > 0 ? `, ${formatCount(forgotten)} forgotten` : ''
  }`
  return (
    <Panel title="Connections" note={isCounted || known > 0 ? note : undefined}>
      {rows.length === 0 ? (
        <p className="px-3.5 pt-1 pb-3 text-faint" data-testid="connections">
          {isCounted ? 'No packet has been counted yet.' : 'The type packet is not counted in the kernel.'}
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        <section className="overflow-x-auto px-3.5 pt-1 pb-3" tabIndex={0} aria-label="Table of connections">
          <table className="w-full" data-testid="connections">
            <thead className="text-label text-faint">
              <tr>
                <th className="w-20 text-left font-normal">protocol</th>
                <th className="text-left font-normal">from → to</th>
                <th className="pl-4 text-right font-normal">packets</th>
                <th className="pl-4 text-right font-normal">bytes</th>
                <th className="pl-4 text-right font-normal">bytes/s now</th>
                <th className="pl-4 text-right font-normal">first</th>
                <th className="pl-4 text-right font-normal">last</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Line
                  key={keyOf(row)}
                  row={row}
                  nowMs={tables.timeMs}
                  perSecond={1_000 / (tables.intervalMs || 1_000)}
                />
              ))}
            </tbody>
          </table>
          {known > shown.length && (
            <p className="pt-1 text-data text-faint">and {formatCount(known - shown.length)} lighter ones</p>
          )}
        </section>
      )}
    </Panel>
  )
}

function Line({ row, nowMs, perSecond }: { row: Row; nowMs: number; perSecond: number }) {
  const remote = row.direction === 'out' ? row.destination : row.source
  return (
    <tr className="border-t border-line">
      <td className="py-0.5 text-mute">
        {protocolName(row.protocol)} {row.direction}
      </td>
      <td className="max-w-0 min-w-80 truncate font-mono text-data">
        <Link
          href={`/explorer/?text=${encodeURIComponent(remote)}`}
          className="hover:text-accent hover:underline"
          title={`Show the events of ${remote}`}
        >
          {row.source} → {row.destination}
        </Link>
      </td>
      <td className="pl-4 text-right">{formatCount(row.packets)}</td>
      <td className="pl-4 text-right whitespace-nowrap" title={`${formatCount(row.bytes)} B`}>
        {formatBytes(row.bytes)}
      </td>
      <td className="pl-4 text-right whitespace-nowrap">
        {row.bytesNow === 0 ? <span className="text-faint">0</span> : formatBytes(row.bytesNow * perSecond)}
      </td>
      <td className="pl-4 text-right font-mono text-data text-mute">{clock(row.firstMs)}</td>
      <td className="pl-4 text-right text-data whitespace-nowrap text-mute">{agoText(row.lastMs, nowMs)}</td>
    </tr>
  )
}

function keyOf({ protocol, direction, source, destination }: Row): string {
  return `${protocol} ${direction} ${source} ${destination}`
}
