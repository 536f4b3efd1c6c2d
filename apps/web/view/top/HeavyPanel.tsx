/** The heaviest keys of one kind as the sketch in the kernel estimates them, with what the estimate is worth. */
import { formatCount, formatShare, type HeavyTable, type Tables } from '@ringside/protocol'
import Link from 'next/link'
import { rate } from '../format.ts'
import { Panel } from '../parts/panel.tsx'
import { boundWords, totalWords } from './counts.ts'

const TITLES: Readonly<Record<HeavyTable, string>> = {
  process: 'Processes',
  syscall: 'System calls',
  remote: 'Remote addresses',
}

const SHOWN = 10

export function HeavyPanel({ table, tables }: { table: HeavyTable; tables: Tables }) {
  const heavy = tables.heavy[table]
  const seconds = tables.intervalMs / 1_000 || 1
  const rows = heavy.rows.slice(0, SHOWN)
  return (
    <Panel title={TITLES[table]} note={`${rate(heavy.total / seconds)} ev/s counted`}>
      <div className="px-3.5 pt-1 pb-3" data-testid={`heavy-${table}`}>
        {rows.length === 0 ? (
          <p className="py-2 text-faint">No key has been heavy enough yet.</p>
        ) : (
          <table className="w-full table-fixed">
            <thead className="text-label text-faint">
              <tr>
                <th className="text-left font-normal">{table === 'syscall' ? 'system call' : table}</th>
                <th className="w-20 text-right font-normal">events/s</th>
                <th className="w-14 text-right font-normal">share</th>
                <th
                  className="w-26 text-right font-normal"
                  title="Counted since the key became known, which is when it was first heavy: not since the start"
                >
                  since known
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key} className="border-t border-line">
                  <td className="truncate py-0.5 font-mono text-data">
                    <Link
                      href={`/explorer/?text=${encodeURIComponent(row.label)}`}
                      className="hover:text-accent hover:underline"
                      title={`${row.label}: show its events`}
                    >
                      {row.label === '' ? <span className="text-faint">(no name)</span> : row.label}
                    </Link>
                    {table === 'process' && row.id !== null && <span className="text-faint"> {row.id}</span>}
                  </td>
                  <td className="text-right">{rate(row.count / seconds)}</td>
                  <td className="text-right">{formatShare(heavy.total === 0 ? null : row.count / heavy.total)}</td>
                  <td className="text-right text-mute" title={totalWords(row)}>
                    {formatCount(row.total)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <p className="pt-1.5 text-data text-faint">{boundWords(heavy)}</p>
      </div>
    </Panel>
  )
}
