'use client'
/** From the agent's decoder to this browser: what was published, sent to this page, and kept by it. */
import { formatCount, type Health } from '@ringside/protocol'
import type { ReactNode } from 'react'
import { useConnection } from '../../store/connection.ts'
import { totalsOf } from '../../store/totals.ts'
import { useExplorer } from '../explorer/use-explorer.ts'
import { FateMark } from '../parts/fates.tsx'
import { Panel } from '../parts/panel.tsx'

export function AccountPanel({ health }: { health: Health }) {
  const { log } = useExplorer()
  const unreadable = useConnection((state) => state.unreadable)
  const { client } = health
  return (
    <Panel
      title="From the agent to this page"
      note={`${formatCount(health.clients)} ${health.clients === 1 ? 'client' : 'clients'} connected`}
    >
      <dl className="grid grid-cols-2 gap-x-8 px-3.5 pt-1 pb-3 max-[1000px]:grid-cols-1">
        <Item name="missed" title="The hook fired and the program did not run; outside the laws">
          {health.missed === null ? (
            <span className="text-mute">unknown: this kernel does not tell</span>
          ) : (
            formatCount(health.missed)
          )}
        </Item>
        <Item name="malformed" mark={<FateMark fate="malformed" />} title="Arrived, but could not be decoded">
          {formatCount(totalsOf(health.fates).malformed)}
        </Item>
        <Item name="published" title="Decoded and handed to the serving thread">
          {formatCount(health.published)}
        </Item>
        <Item name="withheld" title="Decoded, but the serving thread had no room">
          {formatCount(health.withheld)}
        </Item>
        {client !== null && (
          <>
            <Item name="matched" title="Published events that match this page's filter, since it connected">
              {formatCount(client.matched)}
            </Item>
            <Item name="sent" title="Rows sent to this page">
              {formatCount(client.sent)}
            </Item>
            <Item
              name="thinned"
              mark={<FateMark fate="thinned" />}
              title="Not sent, because this page asks for a limited number of rows a second"
            >
              {formatCount(client.thinned)}
            </Item>
            <Item name="skipped" mark={<FateMark fate="skipped" />} title="Not sent, because this page was too slow">
              {formatCount(client.skipped)}
            </Item>
            <Item name="queued" title="On their way to this page">
              {formatCount(client.queued)}
            </Item>
            <Item name="frames sent, skipped" title="Messages that carry rows">
              {formatCount(client.framesSent)}, {formatCount(client.framesSkipped)}
            </Item>
          </>
        )}
        <Item name="kept here" title="Rows that this browser holds">
          {formatCount(log.kept)}
        </Item>
        <Item name="evicted here" title="Rows that this browser has overwritten or cleared">
          {formatCount(log.evicted)}
        </Item>
        {unreadable.messages > 0 && (
          <Item name="unreadable" title={unreadable.last}>
            <span className="text-dropped-ink">
              {formatCount(unreadable.messages)}: {unreadable.last}
            </span>
          </Item>
        )}
      </dl>
    </Panel>
  )
}

function Item(props: { name: string; title: string; mark?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-3 border-t border-line py-0.5" title={props.title}>
      <dt className="flex items-center gap-1.5 text-mute">
        {props.mark}
        {props.name}
      </dt>
      <dd className="text-right">{props.children}</dd>
    </div>
  )
}
