'use client'
/** The source filter (what the agent sends) as chips and text, and beside it the view filter (what is hidden here). */
import { EVENTS, type EventType, SLOT_NAMES } from '@ringside/protocol'
import { Search, X } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { useAgent } from '../../store/agent.ts'
import { hasBuffer } from '../../store/slots.ts'
import { clearFilters, setFilter, TYPE_NAMES, toggled, unhide, useUi } from '../../store/ui.ts'
import { SlotMark } from '../parts/SlotMark.tsx'
import { FollowControls } from './FollowControls.tsx'

const MAX_TEXT = 200
/** Types that a generator makes, in tests and drills: shown once they exist. */
const GENERATED: readonly EventType[] = ['load', 'tick']

export function FilterLine(props: { search: RefObject<HTMLInputElement | null>; onGap: (by: -1 | 1) => void }) {
  const { filter, hidden } = useUi()
  const applied = useAgent((state) => state.control?.applied ?? null)
  const health = useAgent((state) => state.health)
  const types = TYPE_NAMES.filter(
    (type) =>
      !GENERATED.includes(type) ||
      filter.types.includes(type) ||
      health?.fates.some((row) => row.type === type && row.seen > 0),
  )
  const slots = SLOT_NAMES.filter(
    (slot) =>
      filter.slots.includes(slot) || health?.slots.some((shown) => shown.slot === slot && hasBuffer(shown)) === true,
  )
  const filtered = filter.types.length + filter.slots.length + hidden.length > 0 || filter.text !== ''
  return (
    <search className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-1.5">
      <span className="relative">
        <Search className="pointer-events-none absolute top-1.5 left-2 size-3.5 text-faint" aria-hidden="true" />
        <input
          ref={props.search}
          type="text"
          data-testid="filter-text"
          aria-label="Filter by text: process, pid, path, address, system call, error"
          placeholder="process, path, address…"
          maxLength={MAX_TEXT}
          spellCheck={false}
          autoComplete="off"
          value={filter.text}
          onChange={(event) => setFilter({ text: event.target.value })}
          className="h-6.5 w-56 rounded border border-line-strong bg-bg pr-2 pl-7 font-mono text-data placeholder:text-faint min-[1800px]:w-80"
        />
      </span>
      <Chips label="Types">
        {types.map((type) => (
          <Chip
            key={type}
            testId={`filter-type-${type}`}
            on={filter.types.includes(type)}
            onClick={() => setFilter({ types: toggled(filter.types, type, TYPE_NAMES) })}
            title={applied?.types[type].enabled === false ? `${EVENTS[type].title}: switched off` : EVENTS[type].title}
          >
            <span className={applied?.types[type].enabled === false ? 'line-through' : ''}>{type}</span>
          </Chip>
        ))}
      </Chips>
      <Chips label="Slots">
        {slots.map((slot) => (
          <Chip
            key={slot}
            testId={`filter-slot-${slot}`}
            on={filter.slots.includes(slot)}
            onClick={() => setFilter({ slots: toggled(filter.slots, slot, slots) })}
            title={`Events of the buffer ${slot}`}
          >
            <SlotMark slot={slot} />
            {slot}
          </Chip>
        ))}
      </Chips>
      {hidden.map((text) => (
        <button
          key={text}
          type="button"
          onClick={() => unhide(text)}
          className="flex h-6 max-w-56 items-center gap-1 rounded border border-dashed border-line-strong px-1.5 text-data text-mute hover:bg-sunken"
          title={`Hidden on this page only: ${text}. Click to show it again.`}
        >
          hidden: <span className="truncate font-mono text-ink">{text}</span>
          <X className="size-3 shrink-0" aria-hidden="true" />
        </button>
      ))}
      {filtered && (
        <button type="button" onClick={clearFilters} className="text-data text-accent hover:underline">
          clear filter
        </button>
      )}
      <FollowControls onGap={props.onGap} />
    </search>
  )
}

function Chips({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className="flex flex-wrap gap-1" aria-label={label}>
      {children}
    </fieldset>
  )
}

function Chip(props: { testId: string; on: boolean; onClick: () => void; title: string; children: ReactNode }) {
  return (
    <button
      type="button"
      data-testid={props.testId}
      aria-pressed={props.on}
      onClick={props.onClick}
      title={props.title}
      className={`flex h-6 items-center gap-1.5 rounded border px-1.5 text-data ${
        props.on
          ? 'border-accent bg-select font-medium text-ink'
          : 'border-line text-mute hover:bg-sunken hover:text-ink'
      }`}
    >
      {props.children}
    </button>
  )
}
