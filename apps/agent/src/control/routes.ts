/** Tables of routes, and which slots are in use under them. Pure. */
import type { Settings, SlotName } from '@ringside/protocol'
import { type Routes, recordOf, TYPE_NAMES } from './settings.ts'

export function routesOf(settings: Settings): Routes {
  return recordOf(TYPE_NAMES, (type) => settings.types[type].slot)
}

/** Slots that a type is routed to, whether the type is on or not. */
export function slotsIn(routes: Routes): ReadonlySet<SlotName> {
  return new Set(Object.values(routes))
}

/** The same settings under other routes. */
export function withRoutes(settings: Settings, routes: Routes): Settings {
  return { ...settings, types: recordOf(TYPE_NAMES, (type) => ({ ...settings.types[type], slot: routes[type] })) }
}
