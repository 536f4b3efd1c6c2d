'use client'
/** What became of every event, by slot and type. A type that is off is shown as off, never as zero. */
import {
  DROP_REASONS,
  droppedOf,
  type EventType,
  type Fates,
  formatCount,
  type Health,
  type SlotName,
} from '@ringside/protocol'
import { Fragment, type ReactNode } from 'react'
import { useAgent } from '../../store/agent.ts'
import { shownSlots } from '../../store/slots.ts'
import { type Totals, totalsOf } from '../../store/totals.ts'
import { TYPE_NAMES } from '../../store/ui.ts'
import { FATE_MEANING, type Fate, FateMark } from '../parts/fates.tsx'
import { Panel } from '../parts/panel.tsx'
import { SlotMark } from '../parts/SlotMark.tsx'
import { REASONS } from './reasons.ts'

const COLUMNS = [
  'seen',
  'filtered',
  'sampled',
  'shed',
  'aggregated',
  'dropped',
  'submitted',
  'consumed',
  'decoded',
  'malformed',
] as const satisfies readonly (keyof Totals)[]

export function FatesTable({ health }: { health: Health }) {
  const applied = useAgent((state) => state.control?.applied ?? null)
  const off = (slot: SlotName) =>
    applied === null
      ? []
      : TYPE_NAMES.filter((type) => applied.types[type].slot === slot && !applied.types[type].enabled)
  return (
    <Panel
      title="Fates"
      note="every event since the agent started, by slot and type; each number is counted in one place"
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className="overflow-x-auto px-3.5 pt-1 pb-3" tabIndex={0} aria-label="Table of fates">
        <table className="w-full min-w-[56rem] max-[1000px]:min-w-0 max-[1000px]:text-data">
          <thead className="text-label text-faint">
            <tr>
              <th className="w-28 text-left font-normal max-[1000px]:w-20">slot, type</th>
              {COLUMNS.map((fate) => (
                <th
                  key={fate}
                  className="pl-3 text-right font-normal max-[1000px]:pl-2"
                  title={fate in FATE_MEANING ? FATE_MEANING[fate as Fate] : undefined}
                >
                  <span className="inline-flex items-center gap-1.5">
                    {fate in FATE_MEANING && (
                      <span className="max-[1000px]:hidden">
                        <FateMark fate={fate as Fate} />
                      </span>
                    )}
                    {fate}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shownSlots(health).map(({ slot, capacityBytes }) => (
              <Fragment key={slot}>
                <Row
                  name={
                    <span
                      className="flex items-baseline gap-1.5 font-semibold"
                      title={capacityBytes === 0 ? 'Nothing is routed here now: it has no buffer' : undefined}
                    >
                      <SlotMark slot={slot} />
                      {slot}
                    </span>
                  }
                  values={totalsOf(health.fates, slot)}
                  strong
                />
                {health.fates
                  .filter((row) => row.slot === slot && !(row.seen === 0 && off(slot).includes(row.type)))
                  .map((row) => (
                    <Row
                      key={row.type}
                      name={<TypeName type={row.type} off={off(slot).includes(row.type)} />}
                      values={totalsOf([row])}
                      reasons={row}
                    />
                  ))}
                {off(slot)
                  .filter((type) => !health.fates.some((row) => row.slot === slot && row.type === type && row.seen > 0))
                  .map((type) => (
                    <tr key={type} className="text-faint">
                      <td className="py-0.5">
                        <TypeName type={type} off={false} />
                      </td>
                      <td colSpan={COLUMNS.length} className="py-0.5 pl-3">
                        off: its programs are not run, so nothing is counted
                      </td>
                    </tr>
                  ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}

function TypeName({ type, off }: { type: EventType; off: boolean }) {
  return (
    <span className="pl-3 text-mute">
      {type}
      {off && <span className="ml-1.5 rounded border border-line-strong px-1 text-label">off now</span>}
    </span>
  )
}

function Row(props: { name: ReactNode; values: Totals; strong?: boolean; reasons?: Fates }) {
  return (
    <tr className={props.strong ? 'border-t border-line' : ''}>
      <td className="py-0.5">{props.name}</td>
      {COLUMNS.map((fate) => {
        const value = props.values[fate]
        const alarm = value > 0 && (fate === 'dropped' || fate === 'malformed')
        return (
          <td
            key={fate}
            className={`py-0.5 pl-3 text-right max-[1000px]:pl-2 ${alarm ? 'font-semibold text-dropped-ink' : value === 0 ? 'text-faint' : props.strong ? 'font-medium' : ''}`}
            title={alarm && fate === 'dropped' && props.reasons !== undefined ? reasonsText(props.reasons) : undefined}
          >
            {formatCount(value)}
          </td>
        )
      })}
    </tr>
  )
}

function reasonsText(row: Fates): string {
  return DROP_REASONS.filter((reason) => row.dropped[reason] > 0)
    .map((reason) => `${formatCount(row.dropped[reason])} because ${REASONS[reason]}`)
    .concat(droppedOf(row) === 0 ? ['none'] : [])
    .join('; ')
}
