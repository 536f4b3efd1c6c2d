/** The rows of one top table: count, share and how far the truth may lie off. */
import { formatCount, formatShare, formatShort, type Top, type TopTable } from '@ringside/protocol'
import Link from 'next/link'
import { rate } from '../format.ts'

const KEY_NAMES: Readonly<Record<TopTable, string>> = {
  process: 'process',
  syscall: 'system call',
  file: 'file',
  remote: 'remote address',
}

/** What the explorer is asked for when a row is clicked. */
const QUERY: Readonly<Record<TopTable, (text: string) => string>> = {
  process: (text) => `?text=${encodeURIComponent(text)}`,
  syscall: (text) => `?types=syscall&text=${encodeURIComponent(text)}`,
  file: (text) => `?types=open&text=${encodeURIComponent(text)}`,
  remote: (text) => `?text=${encodeURIComponent(text)}`,
}

export function TopRows(props: { table: TopTable; top: Top; limit: number; isSampled?: boolean; testId?: string }) {
  const { total, lost, rows } = props.top.tables[props.table]
  const seconds = props.top.windowMs / 1000
  const most = rows[0]?.count ?? 0
  return (
    <table className="w-full table-fixed" data-testid={props.testId}>
      <thead className="text-label text-faint">
        <tr>
          <th className="text-left font-normal">{KEY_NAMES[props.table]}</th>
          <th className="w-24 text-right font-normal">events/s</th>
          <th className="w-[20%] pl-4 text-left font-normal">
            <span className="sr-only">Bar</span>
          </th>
          <th className="w-16 text-right font-normal">share</th>
          <th className="w-30 text-right font-normal" title="By how much the true count may be lower or higher">
            may be off
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, props.limit).map((row) => (
          <tr key={row.key} className="border-t border-line">
            <td className="truncate py-0.5 font-mono text-data">
              <Link
                href={`/explorer/${QUERY[props.table](row.label)}`}
                className="hover:text-accent hover:underline"
                title={`${row.label}: show its events`}
              >
                {row.label === '' ? <span className="text-faint">(no name)</span> : row.label}
              </Link>
              {props.table === 'process' && row.id !== null && <span className="text-faint"> {row.id}</span>}
            </td>
            <td className="text-right whitespace-nowrap" title={`${formatCount(row.count)} in ${seconds} s`}>
              {props.isSampled && '≈ '}
              {rate(row.count / seconds)}
            </td>
            <td className="pl-4">
              <Bar
                share={most === 0 ? 0 : row.count / most}
                error={row.count === 0 ? 0 : Math.min(1, row.error / row.count)}
              />
            </td>
            <td className="text-right">{formatShare(total === 0 ? null : row.count / total)}</td>
            <td className="truncate text-right text-data text-faint">
              {bound(row.error / seconds, lost / seconds, props.isSampled === true)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The true rate lies in [count − error, count + lost]; where events are sampled, about there. */
function bound(below: number, above: number, isSampled: boolean): string {
  const parts = [below < 0.05 ? '' : `−${short(below)}`, above < 0.05 ? '' : `+${short(above)}`].filter(
    (part) => part !== '',
  )
  if (isSampled) parts.unshift('sampled')
  if (parts.length === 1 && isSampled) return 'sampled'
  return parts.length === 0 ? 'exact' : `${parts.join(' ')} /s`
}

function short(perSecond: number): string {
  return perSecond < 10_000 ? rate(perSecond) : formatShort(perSecond)
}

function Bar({ share, error }: { share: number; error: number }) {
  const sure = share * (1 - error) * 100
  return (
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" className="block h-2 w-full" aria-hidden="true">
      <rect width={share * 100} height="8" fill="var(--submitted)" opacity="0.3" />
      <rect width={sure} height="8" fill="var(--submitted)" opacity="0.8" />
    </svg>
  )
}
