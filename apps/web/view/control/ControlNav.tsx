'use client'
/** The sections of the controls, each with what is in force there: read at a glance, gone to with a click. */
import { type Control, formatCount } from '@ringside/protocol'
import { useEffect, useRef, useState } from 'react'
import { slotsInUse } from '../../store/slots.ts'
import { TYPE_NAMES } from '../../store/ui.ts'
import { PRESET_NAMES, presetOfRoutes, routesOf } from './routes.ts'

const SECTIONS = [
  { id: 'capture', name: 'Capture', state: ({ applied }) => (applied.paused ? 'paused' : 'on') },
  { id: 'routes', name: 'Routes', state: ({ applied }) => PRESET_NAMES[presetOfRoutes(routesOf(applied))] },
  { id: 'buffers', name: 'Buffers', state: ({ applied }) => formatCount(slotsInUse(applied).length) },
  { id: 'types', name: 'Types', state: typesState },
  { id: 'filter', name: 'Filter', state: ({ applied }) => rulesState(applied.filters.length) },
  {
    id: 'order',
    name: 'Order',
    state: ({ applied: { order } }) => (order.mode === 'cpu' ? 'as read' : `by time, ${order.windowMs} ms`),
  },
  { id: 'changes', name: 'Changes', state: ({ history }) => formatCount(history.length) },
] as const satisfies readonly { id: string; name: string; state: (control: Control) => string }[]

export function ControlNav({ control }: { control: Control }) {
  const [current, goTo] = useCurrent()
  return (
    <nav
      aria-label="Sections"
      className="sticky top-3 z-10 self-start max-[1100px]:top-0 max-[1100px]:-mx-3 max-[1100px]:-mt-3 max-[1100px]:border-b max-[1100px]:border-line max-[1100px]:bg-bg max-[1100px]:px-2"
    >
      <ul className="max-[1100px]:flex">
        {SECTIONS.map(({ id, name, state }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              onClick={() => goTo(id)}
              aria-current={current === id ? 'location' : undefined}
              className={`block border-l-2 py-1 pl-2.5 max-[1100px]:border-b-2 max-[1100px]:border-l-0 max-[1100px]:px-2 ${
                current === id ? 'border-accent font-medium text-ink' : 'border-transparent text-mute hover:text-ink'
              }`}
            >
              {name}
              <span
                className="block truncate text-label font-normal text-faint max-[1100px]:hidden"
                data-testid={`section-state-${id}`}
              >
                {state(control)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Until the page stands still after a click, what it passes on the way is not where one is. */
const SETTLE_MS = 300

/** The section that stands at the upper part of the screen, or the one that was gone to last. */
function useCurrent(): [string, (id: string) => void] {
  const [current, setCurrent] = useState<string>(SECTIONS[0].id)
  const wentAtMs = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const entered = entries.find((entry) => entry.isIntersecting)
        if (entered !== undefined && performance.now() - wentAtMs.current > SETTLE_MS) setCurrent(entered.target.id)
      },
      { rootMargin: '-15% 0px -80% 0px' },
    )
    for (const { id } of SECTIONS) {
      const section = document.getElementById(id)
      if (section !== null) observer.observe(section)
    }
    return () => observer.disconnect()
  }, [])
  const goTo = (id: string) => {
    wentAtMs.current = performance.now()
    setCurrent(id)
  }
  return [current, goTo]
}

function typesState({ applied }: Control): string {
  const on = TYPE_NAMES.filter((type) => applied.types[type].enabled)
  const counted = on.filter((type) => applied.types[type].mode !== 'events')
  return `${on.length} of ${TYPE_NAMES.length} on${counted.length > 0 ? `, ${counted.length} counted` : ''}`
}

function rulesState(rules: number): string {
  return rules === 0 ? 'none' : rules === 1 ? 'one rule' : `${rules} rules`
}
