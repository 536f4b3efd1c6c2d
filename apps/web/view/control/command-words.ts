/** A command as what it changes and what to, in words: for the list of changes that this page made. Pure. */
import { type Command, describeFilter, formatBytes, formatShare } from '@ringside/protocol'
import { orderWords } from '../explorer/order.ts'
import { listed, PRESET_NAMES } from './routes.ts'

export interface CommandWords {
  readonly what: string
  readonly to: string
}

export function wordsOf(command: Command): CommandWords {
  switch (command.op) {
    case 'resize':
      return { what: `capacity of ${command.slot}`, to: formatBytes(command.bytes) }
    case 'shard':
      return { what: `parts of ${command.slot}`, to: command.sharding === 'cpu' ? 'one per CPU' : 'one' }
    case 'processing':
      return { what: `reading of ${command.slot}`, to: command.processing }
    case 'layout':
      return { what: 'routes', to: PRESET_NAMES[command.preset] }
    case 'routes':
      return routesWords(command.routes)
    case 'sampling':
      return { what: `sampling of ${command.eventType}`, to: formatShare(command.rate) }
    case 'slotSampling':
      return { what: `sampling of ${command.slot}`, to: formatShare(command.rate) }
    case 'filters':
      return { what: 'filter in the kernel', to: describeFilter(command.rules) }
    case 'mode':
      return { what: `counting of ${command.eventType}`, to: MODES[command.mode] }
    case 'version':
      return { what: `record of ${command.eventType}`, to: `version ${command.version}` }
    case 'order':
      return { what: 'order', to: orderWords(command) }
    case 'backpressure':
      return {
        what: `backpressure of ${command.slot}`,
        to: command.on ? `on, above ${formatShare(command.watermark)}` : 'off',
      }
    case 'enable':
      return { what: `type ${command.eventType}`, to: command.on ? 'on' : 'off' }
    case 'pause':
      return { what: 'capture', to: command.on ? 'paused' : 'capturing' }
    case 'showSelf':
      return { what: 'the agent’s own events', to: command.on ? 'shown' : 'filtered' }
    case 'compare':
      return { what: 'comparison', to: 'measured' }
  }
}

const MODES = { events: 'events', aggregate: 'count only', both: 'both' } as const

function routesWords(routes: Extract<Command, { op: 'routes' }>['routes']): CommandWords {
  const [first] = routes
  if (routes.length === 1 && first !== undefined) return { what: `buffer of ${first.eventType}`, to: first.slot }
  return { what: `routes of ${listed(routes.map(({ eventType }) => eventType))}`, to: PRESET_NAMES.custom }
}
