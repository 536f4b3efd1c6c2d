/** A table of routes as a small picture: types at the left, the buffers that they go to at the right. */
import type { EventType } from '@ringside/protocol'
import { TYPE_NAMES } from '../../store/ui.ts'
import { type Routes, usedBy } from './routes.ts'

const WIDTH = 190
const LINE = 12
const LEFT = 48
const RIGHT = 130
const RING = 4.5
/** Without those of the generators, which would hide what matters. */
const SHOWN: readonly EventType[] = TYPE_NAMES.filter((type) => type !== 'load' && type !== 'tick')
const HEIGHT = SHOWN.length * LINE

export function RoutePicture({ routes }: { routes: Routes }) {
  const slots = usedBy(routes)
  const typeY = (i: number) => i * LINE + LINE / 2
  const slotY = (i: number) => ((i + 0.5) * HEIGHT) / slots.length
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="block w-full max-w-64" aria-hidden="true">
      {SHOWN.map((type, i) => {
        const to = slotY(slots.indexOf(routes[type]))
        const bend = (LEFT + RIGHT) / 2
        return (
          <g key={type}>
            <text x="0" y={typeY(i) + 3} fontSize="9.5" fill="var(--mute)">
              {type}
            </text>
            <path
              d={`M${LEFT} ${typeY(i)}C${bend} ${typeY(i)} ${bend} ${to} ${RIGHT - RING - 2} ${to}`}
              fill="none"
              stroke="var(--line-strong)"
            />
          </g>
        )
      })}
      {slots.map((slot, i) => (
        <g key={slot}>
          <circle cx={RIGHT} cy={slotY(i)} r={RING} fill="none" stroke="var(--submitted)" strokeWidth="2.4" />
          <text x={RIGHT + 9} y={slotY(i) + 3} fontSize="9.5" fontWeight="600" fill="var(--ink)">
            {slot}
          </text>
        </g>
      ))}
    </svg>
  )
}
