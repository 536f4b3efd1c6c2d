/** What became of one slot's events, now and in all. */
import { formatCount, formatShare, type SlotHealth } from '@ringside/protocol'
import Link from 'next/link'
import type { Growth, Totals } from '../../store/totals.ts'
import { clock, rate } from '../format.ts'
import { FATE_MEANING, type Fate, FateMark } from '../parts/fates.tsx'
import { toldText } from './transport.ts'

export function FateTable(props: { slot: SlotHealth; totals: Totals; rates: Growth | null }) {
  const { slot, totals, rates } = props
  const seldom = SELDOM.filter((fate) => totals[fate] > 0)
  const told = toldText(slot, totals.dropped)
  return (
    <table className="mt-2 w-full table-fixed">
      <thead className="text-label text-faint">
        <tr>
          <th className="text-left font-normal">fate</th>
          <th
            className="w-[18%] text-right font-normal whitespace-nowrap"
            title="Events per second, over the last second"
          >
            per s
          </th>
          <th className="w-[23%] text-right font-normal">since start</th>
          <th className="w-[17%] whitespace-nowrap text-right font-normal">of seen</th>
        </tr>
      </thead>
      <tbody>
        {FATES.toSpliced(2, 0, ...seldom).map((fate) => (
          <Row key={fate} fate={fate} slot={slot} totals={totals} rates={rates} />
        ))}
        {told !== null && (
          <tr>
            <td
              colSpan={4}
              className="text-label text-faint"
              title="Perf buffers tell of lost samples when a later one is written, so that the tail is never told. BPF counts every one."
              data-testid={`slot-told-${slot.slot}`}
            >
              {told}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}

type Line = Exclude<Fate, 'malformed' | 'thinned' | 'skipped'>

const FATES: readonly Line[] = ['submitted', 'consumed', 'sampled', 'shed', 'dropped']
/** Shown once an event had this fate. */
const SELDOM: readonly Line[] = ['filtered', 'aggregated']

function Row(props: { fate: Line; slot: SlotHealth; totals: Totals; rates: Growth | null }) {
  const { fate, slot, totals, rates } = props
  const alarm = fate === 'dropped' && totals.dropped > 0
  return (
    <tr className={alarm ? 'text-dropped-ink' : ''} title={FATE_MEANING[fate]}>
      <td className="py-px">
        <span className={`flex items-center gap-2 ${alarm ? '' : 'text-mute'}`}>
          <FateMark fate={fate} />
          {alarm ? <DroppedLink slot={slot} /> : fate}
        </span>
      </td>
      <td className="py-px text-right whitespace-nowrap">
        <Rate perSecond={rates === null ? undefined : rates[fate]} />
      </td>
      <td
        className={`py-px text-right whitespace-nowrap ${alarm ? 'font-semibold' : ''}`}
        data-testid={`slot-${fate}-${slot.slot}`}
      >
        {formatCount(totals[fate])}
      </td>
      <td className={`py-px text-right whitespace-nowrap ${alarm ? '' : 'text-mute'}`}>
        {formatShare(totals.seen === 0 ? null : totals[fate] / totals.seen)}
      </td>
    </tr>
  )
}

/** @param perSecond undefined: not known yet; null: a counter went down */
function Rate({ perSecond }: { perSecond: number | null | undefined }) {
  if (perSecond === undefined) return '–'
  if (perSecond !== null) return rate(perSecond)
  return (
    <span className="text-malformed-ink" title="A counter went down, which none ever may: see what happened">
      fell
    </span>
  )
}

/** Since when, and the way to the places. */
function DroppedLink({ slot }: { slot: SlotHealth }) {
  const { firstDropMs, lastDropMs } = slot
  const last = lastDropMs === null || lastDropMs === firstDropMs ? '' : `, last at ${clock(lastDropMs)}`
  return (
    <Link
      href="/explorer/"
      className="min-w-0 truncate hover:underline"
      title={firstDropMs === null ? 'Show the gaps' : `First at ${clock(firstDropMs)}${last}. Show the gaps.`}
    >
      dropped
      {firstDropMs !== null && <span className="text-label"> since {clock(firstDropMs)}</span>}
    </Link>
  )
}
