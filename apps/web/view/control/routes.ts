/** Tables of routes: which type goes to which slot, how two of them differ, and what the difference does, in words. Pure. */
import {
  type Command,
  type EventType,
  PRESETS,
  type Preset,
  presetOf,
  type Settings,
  SLOT_NAMES,
  type SlotName,
} from '@ringside/protocol'
import { TYPE_NAMES } from '../../store/ui.ts'
import { rate } from '../format.ts'

export type Routes = Readonly<Record<EventType, SlotName>>

export const PRESET_NAMES: Readonly<Record<Preset | 'custom', string>> = {
  single: 'single',
  priority: 'by priority',
  subsystem: 'by subsystem',
  'hot-cold': 'hot and cold',
  custom: 'a table of one’s own',
}

export const PRESET_MEANING: Readonly<Record<Preset, string>> = {
  single: 'One buffer for everything: one order, and a flood of one type can push out all others.',
  priority: 'What must not be lost has a buffer that is never sampled nor shed; a flood of the rest leaves it alone.',
  subsystem: 'A buffer for each subsystem: each fails alone, and is read on its own.',
  'hot-cold': 'Frequent events in a large buffer, read as a stream; rare ones in a small one, read in batches.',
}

export function routesOf(settings: Settings): Routes {
  return byType((type) => settings.types[type].slot)
}

export function presetRoutes(preset: Preset): Routes {
  return PRESETS[preset]
}

export function presetOfRoutes(routes: Routes): Preset | 'custom' {
  return presetOf(byType((type) => ({ slot: routes[type] })))
}

export function sameRoutes(a: Routes, b: Routes): boolean {
  return TYPE_NAMES.every((type) => a[type] === b[type])
}

/** A preset by its name, else the types that move. @param from what is in force then; null: whatever it is */
export function routesCommand(from: Routes | null, to: Routes): Command {
  const preset = presetOfRoutes(to)
  if (preset !== 'custom') return { op: 'layout', preset }
  const moved = TYPE_NAMES.filter((type) => from === null || from[type] !== to[type])
  return { op: 'routes', routes: moved.map((eventType) => ({ eventType, slot: to[eventType] })) }
}

export function routesWords(routes: Routes): string {
  return PRESET_NAMES[presetOfRoutes(routes)]
}

/**
 * What a table would change, a sentence each; empty where nothing changes.
 * @param perSecond events of a type that are seen now
 */
export function routesEffect(settings: Settings, to: Routes, perSecond: (type: EventType) => number): string[] {
  const moved = TYPE_NAMES.filter((type) => settings.types[type].slot !== to[type])
  if (moved.length === 0) return []
  const [before, after] = [usedBy(routesOf(settings)), usedBy(to)]
  const made = after.filter((slot) => !before.includes(slot))
  const removed = before.filter((slot) => !after.includes(slot))
  const sentences = [`Moves ${movesText(moved, to)}; no event is lost by it.`]
  if (made.length > 0)
    sentences.push(
      `Makes ${plural(made.length, 'buffer')} for ${made.map((slot) => loadText(slot, to, perSecond)).join(', ')}.`,
    )
  if (removed.length > 0)
    sentences.push(
      `Empties ${removed.join(', ')}, then takes ${removed.length === 1 ? 'its buffer' : 'their buffers'} away.`,
    )
  const spared = moved.filter((type) => to[type] === 'critical' && settings.types[type].rate < 1)
  if (spared.length > 0) sentences.push(`In critical nothing is sampled: ${spared.join(', ')} would be kept whole.`)
  return sentences
}

/** "packet and syscall to hot, exec to cold". */
function movesText(moved: readonly EventType[], to: Routes): string {
  return SLOT_NAMES.flatMap((slot) => {
    const types = moved.filter((type) => to[type] === slot)
    return types.length === 0 ? [] : [`${listed(types)} to ${slot}`]
  }).join(', ')
}

function loadText(slot: SlotName, to: Routes, perSecond: (type: EventType) => number): string {
  const sum = TYPE_NAMES.filter((type) => to[type] === slot).reduce((sum, type) => sum + perSecond(type), 0)
  return `${slot} (${rate(sum)} ev/s now)`
}

export function usedBy(routes: Routes): SlotName[] {
  return SLOT_NAMES.filter((slot) => TYPE_NAMES.some((type) => routes[type] === slot))
}

export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function plural(n: number, word: string): string {
  return n === 1 ? `a ${word}` : `${word}s`
}

function byType<T>(of: (type: EventType) => T): Record<EventType, T> {
  return Object.fromEntries(TYPE_NAMES.map((type) => [type, of(type)])) as Record<EventType, T>
}
