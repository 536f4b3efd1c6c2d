'use client'
/** The processes that cause most events now. */
import Link from 'next/link'
import { useAgent } from '../../store/agent.ts'
import { duration } from '../format.ts'
import { Panel } from '../parts/panel.tsx'
import { feedsSampled } from '../top/sampled.ts'
import { TopRows } from '../top/TopRows.tsx'

const ROWS = 8

export function Loudest() {
  const top = useAgent((state) => state.top)
  const isSampled = useAgent((state) => state.control !== null && feedsSampled(state.control.applied, 'process'))
  const note = top === null ? undefined : `last ${duration(top.windowMs)}, weighted by the sampling rate`
  return (
    <Panel
      title="Loudest processes"
      note={note}
      actions={
        <Link href="/top/" className="text-data text-accent hover:underline">
          all tables
        </Link>
      }
    >
      <div className="px-3.5 pt-1 pb-3">
        {top === null ? (
          <p className="py-2 text-faint">Nothing counted yet.</p>
        ) : (
          <TopRows table="process" top={top} limit={ROWS} isSampled={isSampled} />
        )}
      </div>
    </Panel>
  )
}
