/** What a command may ask for. Pure: a command, the settings in force and those after it in, a refusal or null out. */
import { type Command, EVENT_TYPES, formatBytes, type Settings, type SlotName, TYPE_VERSIONS } from '@ringside/protocol'
import type { Problem } from '../problem.ts'
import { RECORD_VERSIONS } from '../source/abi.ts'
import { type ChangeFacts, settingsAfter } from './change.ts'
import { filterRefusal } from './filter-rules.ts'
import { routesOf, slotsIn } from './routes.ts'
import { CRITICAL_SLOT, TYPE_NAMES } from './settings.ts'
import { leastCapacity, sizeRefusal } from './sizes.ts'

type Op = Command['op']
type Of<Name extends Op> = Extract<Command, { op: Name }>
type Rule<Name extends Op> = (command: Of<Name>, settings: Settings, facts: ChangeFacts) => Problem | null

export function refusalOf(command: Command, settings: Settings, facts: ChangeFacts): Problem | null {
  const rule = RULES[command.op] as (command: Command, settings: Settings, facts: ChangeFacts) => Problem | null
  return rule(command, settings, facts)
}

const free = () => null

const RULES: { [Name in Op]: Rule<Name> } = {
  resize: ({ slot, bytes }, settings, { ground }) =>
    unusedRefusal(slot, settings) ?? sizeRefusal(slot, bytes, settings, ground),
  shard: (command, settings, facts) => unusedRefusal(command.slot, settings) ?? shardRefusal(command, settings, facts),
  processing: free,
  layout: routesRefusal,
  routes: (command, settings, facts) => twiceRefusal(command) ?? routesRefusal(command, settings, facts),
  sampling: ({ eventType, rate }, { types }) => {
    if (rate === 1 || types[eventType].slot !== CRITICAL_SLOT) return null
    return critical(
      `${eventType} goes to the critical buffer, whose events are never sampled`,
      'Switch the type off, route it elsewhere, or make the critical buffer larger.',
    )
  },
  slotSampling: ({ slot, rate }) => {
    if (rate === 1 || slot !== CRITICAL_SLOT) return null
    return critical('the critical buffer is never sampled', 'Make it larger, or route events to another buffer.')
  },
  filters: ({ rules }) => filterRefusal(rules),
  mode: ({ eventType, mode }, { types }) => {
    if (mode !== 'aggregate' || types[eventType].slot !== CRITICAL_SLOT) return null
    return critical(
      `${eventType} goes to the critical buffer, whose events are always sent`,
      'Have them sent and counted, or route the type to another buffer first.',
    )
  },
  version: ({ eventType, version }) => {
    const newest = Math.min(TYPE_VERSIONS[eventType], RECORD_VERSIONS[EVENT_TYPES[eventType]] ?? 0)
    if (version <= newest) return null
    const message = `records of ${eventType} have no version ${version}`
    return { code: 'version', message, hint: newest === 1 ? 'There is version 1 alone.' : `Take 1 to ${newest}.` }
  },
  order: free,
  backpressure: ({ slot, on }) => {
    if (!on || slot !== CRITICAL_SLOT) return null
    return critical('the critical buffer never sheds', 'Make it larger, or put backpressure on another buffer.')
  },
  enable: free,
  pause: free,
  showSelf: free,
  compare: free,
}

function unusedRefusal(slot: SlotName, settings: Settings): Problem | null {
  if (slotsIn(routesOf(settings)).has(slot)) return null
  const message = `nothing is routed to ${slot}, so that it has no buffer`
  return { code: 'unused', message, hint: 'Route an event type to it first.' }
}

function shardRefusal(command: Of<'shard'>, settings: Settings, facts: ChangeFacts): Problem | null {
  const { slot, sharding } = command
  if (facts.ground.transport === 'perf') {
    if (sharding === 'cpu') return null
    const message = 'perf buffers are one for each CPU, always'
    return { code: 'transport', message, hint: 'Start the agent with --transport ring, where the kernel has rings.' }
  }
  const { capacityBytes } = settings.slots[slot]
  const least = leastCapacity(slot, settingsAfter(settings, command, facts), facts.ground)
  if (capacityBytes >= least) return null
  const message = `${formatBytes(capacityBytes)} are too few for ${facts.ground.cpus} rings, one for each CPU`
  return { code: 'size', message, hint: `Resize ${slot} to ${formatBytes(least)} or more first.` }
}

function twiceRefusal({ routes }: Of<'routes'>): Problem | null {
  const twice = routes.find(({ eventType }, at) => routes.findIndex((one) => one.eventType === eventType) < at)
  if (twice === undefined) return null
  return { code: 'routes', message: `${twice.eventType} is routed twice`, hint: 'Name every type once.' }
}

/** Critical events stay whole, and a buffer that stays as it is must hold the records that are new to it. */
function routesRefusal(command: Of<'layout' | 'routes'>, settings: Settings, facts: ChangeFacts): Problem | null {
  const after = settingsAfter(settings, command, facts)
  for (const type of TYPE_NAMES) {
    const { slot, rate, mode } = after.types[type]
    if (slot !== CRITICAL_SLOT) continue
    if (rate < 1) {
      return critical(
        `${type} is sampled, and events of the critical buffer never are`,
        `Set the sampling of ${type} to 100 % first.`,
      )
    }
    if (mode === 'aggregate') {
      return critical(
        `${type} is only counted in tables, and events of the critical buffer are always sent`,
        `Have events of ${type} sent, or sent and counted, first.`,
      )
    }
  }
  for (const slot of slotsIn(routesOf(after))) {
    const { capacityBytes } = after.slots[slot]
    const least = leastCapacity(slot, after, facts.ground)
    if (capacityBytes >= least) continue
    const message = `${slot} has ${formatBytes(capacityBytes)}, too few for the records that would go there`
    return { code: 'size', message, hint: `Resize ${slot} to ${formatBytes(least)} or more first.` }
  }
  return null
}

function critical(message: string, hint: string): Problem {
  return { code: 'critical', message, hint }
}
