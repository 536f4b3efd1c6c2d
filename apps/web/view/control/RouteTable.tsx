/** Which type goes to which slot, as a table to choose in: a draft until it is applied. */
import { type EventType, type Settings, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import { TYPE_NAMES } from '../../store/ui.ts'
import { rate } from '../format.ts'
import { SlotMark } from '../parts/SlotMark.tsx'
import type { Routes } from './routes.ts'

export function RouteTable(props: {
  routes: Routes
  applied: Settings
  perSecond: (type: EventType) => number
  onRoute: (type: EventType, slot: SlotName) => void
}) {
  const { routes, applied } = props
  return (
    <table className="w-full table-fixed">
      <thead>
        <tr className="text-label text-faint">
          <th scope="col" className="w-32 text-left font-normal max-[1000px]:w-24">
            type, events/s
          </th>
          {SLOT_NAMES.map((slot) => (
            <th key={slot} scope="col" className="px-0 font-normal">
              <span
                className={`flex flex-col items-center gap-0.5 ${applied.slots[slot].capacityBytes > 0 ? 'text-ink' : ''}`}
                title={applied.slots[slot].capacityBytes > 0 ? `${slot} has a buffer` : `${slot} has no buffer now`}
              >
                <SlotMark slot={slot} />
                {slot}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {TYPE_NAMES.map((type) => {
          const moved = routes[type] !== applied.types[type].slot
          return (
            <tr key={type} className={`border-t border-line ${moved ? 'bg-select' : ''}`}>
              <th scope="row" className="py-0.5 pl-1 text-left font-normal">
                <span className={moved ? 'font-medium' : ''}>{type}</span>{' '}
                <span className="text-data text-faint">{rate(props.perSecond(type))}</span>
              </th>
              {SLOT_NAMES.map((slot) => (
                <td key={slot} className="p-0">
                  <label className="grid h-6 cursor-pointer place-items-center hover:bg-sunken">
                    <input
                      type="radio"
                      name={`route-${type}`}
                      aria-label={`${type} to ${slot}`}
                      data-testid={`route-${type}-${slot}`}
                      checked={routes[type] === slot}
                      onChange={() => props.onRoute(type, slot)}
                      className="size-3.5 cursor-pointer accent-(--accent)"
                    />
                  </label>
                </td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
