/** A change in words, with the old value and the new one: the history's line, and the marker between the rows. Pure. */
import { type Command, describeFilter, formatBytes, presetOf, type Settings, type SlotName } from '@ringside/protocol'

type Op = Command['op']
type Of<Name extends Op> = Extract<Command, { op: Name }>

/** 'debug: 8 MiB → 16 MiB'. */
export function describeChange(before: Settings, command: Command): string {
  const describe = DESCRIPTIONS[command.op] as (before: Settings, command: Command) => string
  return describe(before, command)
}

const DESCRIPTIONS: { [Name in Op]: (before: Settings, command: Of<Name>) => string } = {
  resize: ({ slots }, { slot, bytes }) => `${slot}: ${formatBytes(slots[slot].capacityBytes)} → ${formatBytes(bytes)}`,
  shard: ({ slots }, { slot, sharding }) => `${slot}: ${SHARDING[slots[slot].sharding]} → ${SHARDING[sharding]}`,
  processing: ({ slots }, { slot, processing }) =>
    `${slot}: read ${PROCESSING[slots[slot].processing]} → ${PROCESSING[processing]}`,
  layout: ({ types }, { preset }) => `layout: ${LAYOUT[presetOf(types)]} → ${LAYOUT[preset]}`,
  routes: ({ types }, { routes }) => {
    const moved = routes.filter(({ eventType, slot }) => types[eventType].slot !== slot)
    if (moved.length === 0) return 'routes: as they are'
    return moved.map(({ eventType, slot }) => `${eventType}: ${types[eventType].slot} → ${slot}`).join(', ')
  },
  sampling: ({ types }, { eventType, rate }) =>
    `${eventType}: sampling ${percent(types[eventType].rate)} → ${percent(rate)}`,
  slotSampling: ({ slots }, { slot, rate }) => `${slot}: sampling ${percent(slots[slot].rate)} → ${percent(rate)}`,
  filters: ({ filters }, { rules }) => `filter in the kernel: ${describeFilter(filters)} → ${describeFilter(rules)}`,
  mode: ({ types }, { eventType, mode }) => `${eventType}: ${MODE[types[eventType].mode]} → ${MODE[mode]}`,
  version: ({ types }, { eventType, version }) =>
    `${eventType}: version ${types[eventType].version} of the record → ${version}`,
  order: ({ order }, asked) => `order: ${orderText(order)} → ${orderText(asked)}`,
  backpressure: (before, { slot, on, watermark }) => {
    if (!on) return `${slot}: backpressure off`
    const text = `${slot}: backpressure on, ${watermarkText(watermark)}`
    const old = before.slots[slot]
    return old.backpressure && old.watermark !== watermark ? `${text} (was ${watermarkText(old.watermark)})` : text
  },
  enable: (_, { eventType, on }) => `${eventType}: ${on ? 'on' : 'off'}`,
  pause: (_, { on }) => (on ? 'paused: no event is recorded' : 'resumed'),
  showSelf: (_, { on }) => (on ? "the agent's own events are shown" : "the agent's own events are filtered"),
  compare: () => 'a comparison of ring buffers and perf buffers begins',
}

const SHARDING = { single: 'one ring', cpu: 'one ring per CPU' } as const
const PROCESSING = { stream: 'as a stream', batch: 'in batches' } as const
const MODE = { events: 'sent as events', aggregate: 'counted in tables', both: 'sent and counted' } as const
const LAYOUT = {
  single: 'a single buffer',
  priority: 'by priority',
  subsystem: 'by subsystem',
  'hot-cold': 'hot and cold',
  custom: 'a table of its own',
} as const

function orderText({ mode, windowMs }: Settings['order']): string {
  return mode === 'time' ? `by time within ${windowMs} ms` : 'as read, per CPU'
}

function watermarkText(watermark: Settings['slots'][SlotName]['watermark']): string {
  return watermark === 0 ? 'always' : `above ${percent(watermark)}`
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`
}
