'use client'
/** Who and what causes the events: four tables over the same window. */
import { TOP_TABLES, type TopTable } from '@ringside/protocol'
import { useAgent } from '../../store/agent.ts'
import { duration, events, rate } from '../format.ts'
import { useTargetOnceThere } from '../hooks/use-target.ts'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/Waiting.tsx'
import { KernelCounts } from './KernelCounts.tsx'
import { feedsSampled } from './sampled.ts'
import { TopRows } from './TopRows.tsx'

const TITLES: Readonly<Record<TopTable, string>> = {
  process: 'Processes',
  syscall: 'System calls',
  file: 'Files',
  remote: 'Remote addresses',
}

const EMPTY: Readonly<Record<TopTable, string>> = {
  process: 'No event of a process in this window.',
  syscall: 'No system call in this window. The type may be switched off, or only counted in the kernel: see below.',
  file: 'No file was opened in this window.',
  remote: 'No packet and no TCP change in this window.',
}

const ROWS = 20

export function TopPage() {
  const top = useAgent((state) => state.top)
  const applied = useAgent((state) => state.control?.applied ?? null)
  useTargetOnceThere(top !== null && applied !== null)
  if (top === null) return <Waiting />
  return (
    <div className="mx-auto max-w-[150rem] p-3">
      <h1 className="sr-only">Top</h1>
      <p className="px-1 pb-3 text-mute">
        The heaviest of the last {duration(top.windowMs)}, counted over every decoded event before anything is thinned
        for this page, and weighted by the sampling rate. The pale end of a bar is what the count may be too high;
        events that were dropped or shed may come on top.{' '}
        <a href="#kernel-counts" className="whitespace-nowrap text-accent underline hover:no-underline">
          What is counted in the kernel stands below.
        </a>
      </p>
      <div className="grid grid-cols-2 gap-3 max-[1100px]:grid-cols-1">
        {TOP_TABLES.map((table) => {
          const { total, lost, rows } = top.tables[table]
          const isSampled = applied !== null && feedsSampled(applied, table)
          return (
            <Panel
              key={table}
              title={TITLES[table]}
              note={`${isSampled ? '≈ ' : ''}${rate(total / (top.windowMs / 1000))} ev/s in all`}
            >
              <div className="px-3.5 pt-1 pb-3">
                {lost > 0 && (
                  <p className="mb-1 rounded px-2 py-0.5 text-dropped-ink hatch-dropped">
                    {events(lost)} of these types were dropped or shed in this window: any row may be higher by as much.
                  </p>
                )}
                {rows.length === 0 ? (
                  <p className="py-3 text-faint" data-testid={`top-${table}`}>
                    {EMPTY[table]}
                  </p>
                ) : (
                  <TopRows table={table} top={top} limit={ROWS} isSampled={isSampled} testId={`top-${table}`} />
                )}
              </div>
            </Panel>
          )
        })}
      </div>
      <KernelCounts />
    </div>
  )
}
