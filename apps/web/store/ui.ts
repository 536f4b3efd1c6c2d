/** What the operator chose to look at: filters, what is hidden, what is selected. Kept in the address where it can be. */
import { EVENT_TYPES, type EventType, type Filter, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import { create } from 'zustand'

export interface UiState {
  /** The source filter: what the agent sends. */
  filter: Filter
  /** The view filter: text that hides a row from this page alone. */
  hidden: readonly string[]
  helpOpen: boolean
}

export const NO_FILTER: Filter = { types: [], slots: [], text: '' }
const MAX_TEXT = 200

export const useUi = create<UiState>(() => ({ filter: NO_FILTER, hidden: [], helpOpen: false }))

export function setFilter(change: Partial<Filter>): void {
  useUi.setState((state) => ({ filter: { ...state.filter, ...change } }))
}

/** Adds a member or takes it out; a list that holds everything is the same as an empty one. */
export function toggled<T>(list: readonly T[], member: T, all: readonly T[]): T[] {
  const chosen = list.includes(member) ? list.filter((other) => other !== member) : [...list, member]
  return chosen.length === all.length ? [] : all.filter((other) => chosen.includes(other))
}

/** Everything but one member, from what is chosen now (an empty list stands for all). */
export function without<T>(list: readonly T[], member: T, all: readonly T[]): T[] {
  return (list.length === 0 ? all : list).filter((other) => other !== member)
}

export function hide(text: string): void {
  useUi.setState((state) => (state.hidden.includes(text) ? state : { hidden: [...state.hidden, text] }))
}

export function unhide(text: string): void {
  useUi.setState((state) => ({ hidden: state.hidden.filter((other) => other !== text) }))
}

export function clearFilters(): void {
  useUi.setState({ filter: NO_FILTER, hidden: [] })
}

export const TYPE_NAMES = Object.keys(EVENT_TYPES) as EventType[]

/** The filters as a query string, '' when there is none. */
export function toQuery(state: Pick<UiState, 'filter' | 'hidden'>): string {
  const query = new URLSearchParams()
  if (state.filter.types.length > 0) query.set('types', state.filter.types.join(','))
  if (state.filter.slots.length > 0) query.set('slots', state.filter.slots.join(','))
  if (state.filter.text !== '') query.set('text', state.filter.text)
  for (const text of state.hidden) query.append('hide', text)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** The filters of a query string; what it cannot mean is left out. */
export function fromQuery(search: string): Pick<UiState, 'filter' | 'hidden'> {
  const query = new URLSearchParams(search)
  const chosen = <T extends string>(key: string, all: readonly T[]): T[] => {
    const names = new Set((query.get(key) ?? '').split(','))
    return all.filter((name) => names.has(name))
  }
  return {
    filter: {
      types: chosen<EventType>('types', TYPE_NAMES),
      slots: chosen<SlotName>('slots', SLOT_NAMES),
      text: (query.get('text') ?? '').slice(0, MAX_TEXT),
    },
    hidden: query
      .getAll('hide')
      .filter((text) => text !== '')
      .slice(0, 20),
  }
}
