/** Slots that nothing is routed to any more: their buffers are gone, what they counted is not. */
import { formatCount, type SlotHealth } from '@ringside/protocol'
import { useAgent } from '../../store/agent.ts'
import { totalsOf } from '../../store/totals.ts'
import { FateMark } from '../parts/fates.tsx'
import { LawMark } from '../parts/LawMark.tsx'
import { Panel } from '../parts/panel.tsx'
import { SlotMark } from '../parts/SlotMark.tsx'
import { lawOf } from './SlotLaws.tsx'

const FATES = ['seen', 'submitted', 'consumed'] as const

export function FormerSlots({ slots }: { slots: readonly SlotHealth[] }) {
  const fates = useAgent((state) => state.health?.fates) ?? []
  const laws = useAgent((state) => state.health?.laws) ?? []
  return (
    <Panel title="Without a buffer now" note="nothing is routed there; what was counted since the start stays true">
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(30rem,1fr))] gap-x-8 px-3.5 pt-1 pb-3">
        {slots.map(({ slot }) => {
          const totals = totalsOf(fates, slot)
          return (
            <li
              key={slot}
              data-testid={`slot-former-${slot}`}
              className="flex items-baseline gap-4 border-t border-line py-0.5"
            >
              <span className="flex w-20 items-baseline gap-1.5 font-medium">
                <SlotMark slot={slot} />
                {slot}
              </span>
              {FATES.map((fate) => (
                <span key={fate}>
                  {formatCount(totals[fate])} <span className="text-mute">{fate}</span>
                </span>
              ))}
              <span className={totals.dropped > 0 ? 'font-semibold text-dropped-ink' : ''}>
                <FateMark fate="dropped" />{' '}
                <span data-testid={`slot-dropped-${slot}`}>{formatCount(totals.dropped)}</span>{' '}
                <span className={totals.dropped > 0 ? '' : 'text-mute'}>dropped</span>
              </span>
              <span className="ml-auto flex gap-2 text-label text-faint">
                {(['L1', 'L2'] as const).map((id) => (
                  <span key={id} className="flex gap-1">
                    <LawMark verdict={lawOf(laws, id, slot)?.verdict ?? null} />
                    {id}
                  </span>
                ))}
              </span>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
