'use client'
/** An empty table says which of three emptinesses it is, and what ends it. */
import { formatCount } from '@ringside/protocol'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { useAgent } from '../../store/agent.ts'
import { useConnection } from '../../store/connection.ts'
import { clearFilters } from '../../store/ui.ts'
import { Button } from '../parts/panel.tsx'
import { useExplorer } from './use-explorer.ts'

export function EmptyTable() {
  const { log } = useExplorer()
  const connected = useConnection((state) => state.phase === 'open')
  const applied = useAgent((state) => state.control?.applied ?? null)
  if (log.kept > 0) {
    return (
      <Message title={`The filter hides all ${formatCount(log.kept)} rows held`}>
        <p>New events that match appear here as they happen.</p>
        <Button onClick={clearFilters}>Clear the filter</Button>
      </Message>
    )
  }
  if (!connected) {
    return (
      <Message title="No source">
        <p>This page is not connected to an agent, so nothing can be shown. The bar above says why.</p>
      </Message>
    )
  }
  return (
    <Message title={log.received > 0 ? 'Cleared' : 'No event yet'}>
      {applied?.paused ? (
        <p>
          Capture is paused: no event is recorded.{' '}
          <Link href="/control/" className="text-accent underline">
            Resume it
          </Link>
        </p>
      ) : (
        <p>Connected and listening. Events that match appear here as they happen.</p>
      )}
    </Message>
  )
}

function Message({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div
      className="pointer-events-none absolute inset-0 grid place-items-center p-8"
      data-testid="explorer-empty"
      role="status"
    >
      <div className="pointer-events-auto max-w-md space-y-2 text-center text-mute">
        <p className="text-[1rem] font-semibold text-ink">{title}</p>
        {children}
      </div>
    </div>
  )
}
