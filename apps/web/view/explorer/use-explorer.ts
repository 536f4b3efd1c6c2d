'use client'
/** The table's model as React sees it: looked at anew when its version changes, once a frame at most. */
import { compileFilter, matchesRow } from '@ringside/protocol'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { askFor } from '../../store/connection.ts'
import { type Explorer, explorer, type Passes } from '../../store/explorer.ts'
import { fromQuery, NO_FILTER, toQuery, type UiState, useUi } from '../../store/ui.ts'

export function useExplorer(): Explorer {
  useSyncExternalStore(explorer.subscribe, version, zero)
  return explorer
}

const version = () => explorer.version
const zero = () => 0

/** Typing asks the agent once it rests; the rows already held follow at once. */
const SETTLE_MS = 150

/**
 * Keeps address, agent and table to what the operator chose.
 * @returns the time that the address asks for (`?at=<ms since the Unix epoch>`), once the filter is in force; null for none
 */
export function useFilterInForce(): number | null {
  const filter = useUi((state) => state.filter)
  const hidden = useUi((state) => state.hidden)
  const [atMs, setAtMs] = useState<number | null>(null)
  useEffect(() => {
    const { filters, atMs } = fromAddress(window.location.search)
    if (filters !== '') useUi.setState(fromQuery(filters))
    if (atMs !== null) setAtMs(atMs)
  }, [])
  useEffect(() => {
    explorer.filterBy(passesOf({ filter, hidden }))
    const query = toQuery({ filter, hidden })
    if (query !== window.location.search) {
      window.history.replaceState(window.history.state, '', window.location.pathname + query)
    }
    const timer = setTimeout(() => askFor(filter), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [filter, hidden])
  return atMs
}

/** The time asked for, and the rest of the query; a time alone leaves the filters as they are. */
export function fromAddress(search: string): { filters: string; atMs: number | null } {
  const query = new URLSearchParams(search)
  const atMs = Number(query.get('at') ?? Number.NaN)
  query.delete('at')
  return { filters: query.toString(), atMs: atMs > 0 && Number.isFinite(atMs) ? atMs : null }
}

function passesOf({ filter, hidden }: Pick<UiState, 'filter' | 'hidden'>): Passes {
  const asked = compileFilter(filter)
  const unwanted = hidden.map((text) => compileFilter({ ...NO_FILTER, text }))
  return (batch, row) => matchesRow(asked, batch, row) && !unwanted.some((filter) => matchesRow(filter, batch, row))
}
