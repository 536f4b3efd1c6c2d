/** Values that many messages hold. Counters are exact integers. */
import * as z from 'zod/mini'
import { EVENT_TYPES, type EventType, PRESETS, type Preset, SLOT_NAMES } from '../words.ts'

export const count = z.int().check(z.nonnegative())
export const slotName = z.enum(SLOT_NAMES)
export const eventType = z.enum(Object.keys(EVENT_TYPES) as [EventType, ...EventType[]])
export const preset = z.enum(Object.keys(PRESETS) as [Preset, ...Preset[]])
export const share = z.number().check(z.gte(0), z.lte(1))
