/** A command as a change: the settings after it. Pure. */
import { type Command, PRESETS, type Settings, SLOT_NAMES } from '@ringside/protocol'
import { routesOf, slotsIn, withRoutes } from './routes.ts'
import { type Chosen, defaultCapacity, type Routes } from './settings.ts'
import { type Ground, leastCapacity } from './sizes.ts'

/** What a command that brings a slot into use depends on. */
export interface ChangeFacts {
  ground: Ground
  chosen: Chosen
}

/** The settings after a command; `settings` itself stays as it is. */
export function settingsAfter(settings: Settings, command: Command, facts: ChangeFacts): Settings {
  const after = structuredClone(settings)
  switch (command.op) {
    case 'resize':
      after.slots[command.slot].capacityBytes = command.bytes
      break
    case 'shard':
      after.slots[command.slot].sharding = command.sharding
      break
    case 'processing':
      after.slots[command.slot].processing = command.processing
      break
    case 'layout':
      return rerouted(after, PRESETS[command.preset], facts)
    case 'routes': {
      const changed = Object.fromEntries(command.routes.map(({ eventType, slot }) => [eventType, slot]))
      return rerouted(after, { ...routesOf(settings), ...changed }, facts)
    }
    case 'sampling':
      after.types[command.eventType].rate = command.rate
      break
    case 'slotSampling':
      after.slots[command.slot].rate = command.rate
      break
    case 'filters':
      after.filters = command.rules
      break
    case 'mode':
      after.types[command.eventType].mode = command.mode
      break
    case 'version':
      after.types[command.eventType].version = command.version
      break
    case 'order':
      after.order = { mode: command.mode, windowMs: command.windowMs }
      break
    case 'backpressure':
      after.slots[command.slot].backpressure = command.on
      after.slots[command.slot].watermark = command.watermark
      break
    case 'enable':
      after.types[command.eventType].enabled = command.on
      break
    case 'pause':
      after.paused = command.on
      break
    case 'showSelf':
      after.showSelf = command.on
      break
    case 'compare':
      break
  }
  return after
}

/** Slots that go out of use lose their buffers, those that come into use get one; a buffer that is in use stays as it is. */
function rerouted(settings: Settings, routes: Routes, { ground, chosen }: ChangeFacts): Settings {
  const after = withRoutes(settings, routes)
  const used = slotsIn(routes)
  for (const slot of SLOT_NAMES) {
    const before = after.slots[slot].capacityBytes
    if (!used.has(slot)) after.slots[slot].capacityBytes = 0
    else if (before === 0) {
      const wish = chosen[slot] ?? defaultCapacity(slot, routes)
      after.slots[slot].capacityBytes = Math.max(wish, leastCapacity(slot, after, ground))
    }
  }
  return after
}
