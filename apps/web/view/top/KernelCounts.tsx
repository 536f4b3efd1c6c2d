'use client'
/** What is counted in the kernel instead of being sent, or beside it: on what was seen, whatever is sampled or dropped. */
import { type EventType, HEAVY_TABLES, type Health, type Tables } from '@ringside/protocol'
import Link from 'next/link'
import { useAgent } from '../../store/agent.ts'
import { TYPE_NAMES } from '../../store/ui.ts'
import { listed } from '../control/routes.ts'
import { Panel } from '../parts/panel.tsx'
import { ConnectionTable } from './ConnectionTable.tsx'
import { untabledWords, volumeWords } from './counts.ts'
import { HeavyPanel } from './HeavyPanel.tsx'
import { WindowCharts } from './WindowCharts.tsx'

export function KernelCounts() {
  const tables = useAgent((state) => state.tables)
  const applied = useAgent((state) => state.control?.applied ?? null)
  const untabled = useAgent((state) => state.health?.untabled ?? null)
  const counted = applied === null ? [] : TYPE_NAMES.filter((type) => applied.types[type].mode !== 'events')
  return (
    <section
      id="kernel-counts"
      aria-label="Counted in the kernel"
      data-testid="kernel-counts"
      className="mt-5 scroll-mt-3"
    >
      <h2 className="flex flex-wrap items-baseline gap-x-2 px-1 pb-2">
        <span className="text-[1rem] font-semibold">Counted in the kernel</span>
        <span className="text-data text-mute">
          every event of these types that was seen and not filtered, whatever is sampled, shed or dropped of them
        </span>
      </h2>
      {counted.length === 0 ? (
        <HowToBegin hadSome={tables !== null} />
      ) : tables === null ? (
        <Panel title="Nothing read yet">
          <p className="px-3.5 pt-1 pb-3 text-mute">The tables are read once a second; the first time comes soon.</p>
        </Panel>
      ) : (
        <Counted tables={tables} types={counted} untabled={untabled} />
      )}
    </section>
  )
}

function Counted(props: { tables: Tables; types: readonly EventType[]; untabled: Health['untabled'] | null }) {
  const { tables, types } = props
  const warnings = props.untabled === null ? [] : untabledWords(props.untabled)
  return (
    <div className="grid gap-3">
      <Panel
        title="Volume"
        note={`${listed(types)} counted since the start, and what reading the tables took`}
        actions={<MoreTypes />}
      >
        <p className="px-3.5 pt-1 pb-3 text-[1rem]" data-testid="table-volume">
          {volumeWords(tables.volume)}
        </p>
        {warnings.map((warning) => (
          <p key={warning} role="note" className="mx-3.5 mb-3 rounded px-2 py-0.5 text-dropped-ink hatch-dropped">
            {warning}
          </p>
        ))}
      </Panel>
      <ConnectionTable tables={tables} isCounted={types.includes('packet')} />
      <div className="grid grid-cols-3 gap-3 max-[1350px]:grid-cols-2 max-[1000px]:grid-cols-1">
        {HEAVY_TABLES.map((table) => (
          <HeavyPanel key={table} table={table} tables={tables} />
        ))}
      </div>
      <WindowCharts tables={tables} />
    </div>
  )
}

function HowToBegin({ hadSome }: { hadSome: boolean }) {
  return (
    <Panel title={hadSome ? 'No type is counted now' : 'No type is counted yet'}>
      <div className="max-w-[72ch] space-y-2 px-3.5 pt-1 pb-3.5 text-mute">
        <p>
          A type can be counted in the kernel instead of being sent, or beside it: connections with packets and bytes,
          the heaviest processes, system calls and remote addresses, and windows of 100 ms. What is only counted takes
          far fewer bytes than its events; how many fewer is measured and shown here.
        </p>
        <p>Packets and system calls gain most. “both” keeps the rows as well.</p>
        <p className="flex flex-wrap gap-2 pt-1">
          {(['packet', 'syscall'] as const).map((type) => (
            <CountLink key={type} type={type} />
          ))}
        </p>
      </div>
    </Panel>
  )
}

function CountLink({ type }: { type: EventType }) {
  return (
    <Link
      href={`/control/#type-${type}`}
      data-testid={`count-${type}`}
      className="inline-flex h-6.5 items-center rounded border border-accent bg-accent px-2 text-data font-medium text-panel hover:brightness-110"
    >
      Count {type} in the kernel
    </Link>
  )
}

function MoreTypes() {
  return (
    <Link href="/control/#types" className="text-data text-accent hover:underline">
      which types are counted
    </Link>
  )
}
