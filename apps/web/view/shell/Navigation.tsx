'use client'
/** The rooms, and the four numbers that stand on every page. */
import { formatCount } from '@ringside/protocol'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { useAgent } from '../../store/agent.ts'
import { totalsOf } from '../../store/totals.ts'
import { rate, stamp } from '../format.ts'
import { useStale } from './Stale.tsx'

const ROOMS = [
  { href: '/', name: 'Overview' },
  { href: '/explorer/', name: 'Explorer' },
  { href: '/top/', name: 'Top' },
  { href: '/ledger/', name: 'Ledger' },
  { href: '/control/', name: 'Control' },
  { href: '/compare/', name: 'Compare' },
] as const

export function Navigation() {
  const path = usePathname()
  return (
    <div className="flex h-9 shrink-0 items-stretch border-b border-line bg-panel px-2">
      <nav className="flex" aria-label="Rooms">
        {ROOMS.map((room) => {
          const here = path === room.href
          return (
            <Link
              key={room.href}
              href={room.href}
              aria-current={here ? 'page' : undefined}
              className={`flex items-center border-b-2 px-2.5 pt-0.5 max-[1000px]:px-1.5 ${here ? 'border-accent font-medium text-ink' : 'border-transparent text-mute hover:text-ink'}`}
            >
              {room.name}
            </Link>
          )
        })}
      </nav>
      <Figures />
    </div>
  )
}

function Figures() {
  const health = useAgent((state) => state.health)
  const point = useAgent((state) => state.points.at(-1))
  const seen = point?.rates.seen ?? null
  const streamed = point?.streamed ?? null
  const lost = health === null ? null : totalsOf(health.fates).dropped
  const skipped = health?.client?.skipped ?? null
  const stale = useStale() !== null
  const since = health === null ? '' : `since the agent started, ${stamp(health.timeMs - health.upMs)}`
  return (
    <dl className="ml-auto flex items-center gap-5 pr-2 max-[1000px]:gap-3">
      <Figure
        known={seen !== null && !stale}
        testId="events-per-second"
        label="seen/s"
        title="Events that the kernel saw, over the last second"
      >
        {rate(seen ?? 0)}
      </Figure>
      <Figure
        known={streamed !== null && !stale}
        label="streamed/s"
        short="sent/s"
        title="Rows sent to this page, over the last second"
        testId="streamed-per-second"
      >
        {rate(streamed ?? 0)}
      </Figure>
      <Figure
        known={lost !== null}
        label="kernel lost"
        short="lost"
        title={`Events dropped by the kernel ${since}`}
        testId="kernel-lost"
        old={stale}
        alarm={(lost ?? 0) > 0 ? 'dropped' : null}
      >
        {formatCount(lost ?? 0)}
      </Figure>
      <Figure
        known={skipped !== null}
        label="viewer skipped"
        short="skipped"
        title="Rows not sent to this page because it was too slow, since it connected. Nothing was lost in the kernel."
        testId="viewer-skipped"
        old={stale}
        alarm={(skipped ?? 0) > 0 ? 'skipped' : null}
      >
        {formatCount(skipped ?? 0)}
      </Figure>
    </dl>
  )
}

const ALARM = { dropped: 'text-dropped-ink', skipped: 'text-skipped-ink' } as const

function Figure(props: {
  label: string
  /** Where there is little room. */
  short?: string
  title: string
  testId: string
  /** Whether there is a number yet: what is not known is not 0. */
  known: boolean
  alarm?: keyof typeof ALARM | null
  /** Of a time that is past: the agent is silent. */
  old?: boolean
  children: ReactNode
}) {
  return (
    <div className="flex items-baseline gap-1.5 whitespace-nowrap max-[1000px]:gap-1" title={props.title}>
      <dt className="order-2 text-data text-mute">
        {props.short === undefined ? (
          props.label
        ) : (
          <>
            <span className="max-[1000px]:hidden">{props.label}</span>
            <span className="min-[1000px]:hidden">{props.short}</span>
          </>
        )}
      </dt>
      <dd
        className={`min-w-[4ch] text-right max-[1000px]:min-w-0 font-semibold ${props.old ? 'text-mute' : props.alarm ? ALARM[props.alarm] : ''}`}
        data-testid={props.known ? props.testId : undefined}
      >
        {props.known ? props.children : '–'}
      </dd>
    </div>
  )
}
