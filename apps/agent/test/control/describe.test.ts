/** [ACC-12] Every change in words, with the old value and the new one. */
import type { Command, Settings } from '@ringside/protocol'
import { expect, it } from 'vitest'
import { describeChange } from '../../src/control/describe.ts'
import { defaultSettings } from '../../src/control/settings.ts'

const MIB = 1024 * 1024

/** By priority, with something of each kind set. */
function before(): Settings {
  const settings = defaultSettings()
  settings.types.packet.rate = 0.5
  settings.filters = [{ field: 'uid', not: true, value: 0 }]
  settings.slots.normal.backpressure = true
  return settings
}

it.each<[Command, string]>([
  [{ op: 'resize', slot: 'debug', bytes: 16 * MIB }, 'debug: 8 MiB → 16 MiB'],
  [{ op: 'shard', slot: 'debug', sharding: 'cpu' }, 'debug: one ring → one ring per CPU'],
  [{ op: 'processing', slot: 'debug', processing: 'batch' }, 'debug: read as a stream → in batches'],
  [{ op: 'layout', preset: 'single' }, 'layout: by priority → a single buffer'],
  [{ op: 'layout', preset: 'subsystem' }, 'layout: by priority → by subsystem'],
  [{ op: 'layout', preset: 'hot-cold' }, 'layout: by priority → hot and cold'],
  [
    {
      op: 'routes',
      routes: [
        { eventType: 'packet', slot: 'network' },
        { eventType: 'open', slot: 'normal' },
        { eventType: 'tcp', slot: 'network' },
      ],
    },
    'packet: debug → network, tcp: normal → network',
  ],
  [{ op: 'routes', routes: [{ eventType: 'open', slot: 'normal' }] }, 'routes: as they are'],
  [{ op: 'sampling', eventType: 'packet', rate: 0.123456 }, 'packet: sampling 50 % → 12.35 %'],
  [{ op: 'slotSampling', slot: 'debug', rate: 0.001 }, 'debug: sampling 100 % → 0.1 %'],
  [
    { op: 'filters', rules: [{ field: 'comm', not: false, value: 'ngi\u202enx' }] },
    'filter in the kernel: uid!=0 → comm="ngi\\u{202e}nx"',
  ],
  [{ op: 'filters', rules: [] }, 'filter in the kernel: uid!=0 → everything'],
  [{ op: 'mode', eventType: 'packet', mode: 'aggregate' }, 'packet: sent as events → counted in tables'],
  [{ op: 'mode', eventType: 'packet', mode: 'both' }, 'packet: sent as events → sent and counted'],
  [{ op: 'version', eventType: 'exec', version: 1 }, 'exec: version 2 of the record → 1'],
  [{ op: 'order', mode: 'cpu', windowMs: 50 }, 'order: by time within 100 ms → as read, per CPU'],
  [{ op: 'order', mode: 'time', windowMs: 50 }, 'order: by time within 100 ms → by time within 50 ms'],
  [{ op: 'backpressure', slot: 'debug', on: true, watermark: 0.5 }, 'debug: backpressure on, above 50 %'],
  [{ op: 'backpressure', slot: 'debug', on: true, watermark: 0 }, 'debug: backpressure on, always'],
  [
    { op: 'backpressure', slot: 'normal', on: true, watermark: 0.5 },
    'normal: backpressure on, above 50 % (was above 80 %)',
  ],
  [{ op: 'backpressure', slot: 'normal', on: false, watermark: 0.5 }, 'normal: backpressure off'],
  [{ op: 'enable', eventType: 'packet', on: false }, 'packet: off'],
  [{ op: 'enable', eventType: 'packet', on: true }, 'packet: on'],
  [{ op: 'pause', on: true }, 'paused: no event is recorded'],
  [{ op: 'pause', on: false }, 'resumed'],
  [{ op: 'showSelf', on: true }, "the agent's own events are shown"],
  [{ op: 'showSelf', on: false }, "the agent's own events are filtered"],
  [{ op: 'compare' }, 'a comparison of ring buffers and perf buffers begins'],
])('%j', (command, text) => {
  expect(describeChange(before(), command)).toBe(text)
})

it('a table of routes that is no preset has a name too', () => {
  const settings = before()
  settings.types.packet.slot = 'hot'
  expect(describeChange(settings, { op: 'layout', preset: 'priority' })).toBe(
    'layout: a table of its own → by priority',
  )
})
