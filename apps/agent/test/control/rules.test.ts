/** Which commands are refused, and what is said about them: every command, on critical and other buffers, in and out of range. */
import { type Command, type FilterRule, formatBytes, type Settings } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import type { ChangeFacts } from '../../src/control/change.ts'
import { refusalOf } from '../../src/control/rules.ts'
import { defaultSettings } from '../../src/control/settings.ts'
import { type Ground, leastCapacity, sizeRefusal } from '../../src/control/sizes.ts'

const KIB = 1024
const MIB = 1024 * KIB
const RING: Ground = { cpus: 2, transport: 'ring' }
const PERF: Ground = { cpus: 2, transport: 'perf' }
const FACTS: ChangeFacts = { ground: RING, chosen: {} }
const settings = defaultSettings()

function refused(command: Command, of: Settings = settings, ground: Ground = RING) {
  return refusalOf(command, of, { ...FACTS, ground })
}

describe('[RSZ-1] a size', () => {
  it.each([
    ['critical', 4 * KIB],
    ['normal', 4 * KIB],
    ['debug', 8 * KIB],
    ['debug', 64 * MIB],
  ] as const)('%s may have %i bytes', (slot, bytes) => {
    expect(sizeRefusal(slot, bytes, settings, RING)).toBeNull()
  })

  it.each([
    ['debug', 5000, '4.88 KiB is not a power of two', 'Take 8 KiB.'],
    ['debug', 12 * KIB, '12 KiB is not a power of two', 'Take 8 KiB or 16 KiB.'],
    ['debug', 4 * KIB, '4 KiB is less than 8 KiB, which the records that go there need', 'Take 8 KiB.'],
    ['debug', 128 * MIB, '128 MiB is more than 64 MiB', 'Take 64 MiB.'],
    ['debug', 65 * MIB, '65 MiB is not a power of two', 'Take 64 MiB.'],
    ['normal', 0, '0 B is not a power of two', 'Take 4 KiB.'],
    ['normal', -4096, '−4 KiB is not a power of two', 'Take 4 KiB.'],
    ['normal', 2048, '2 KiB is less than 4 KiB, which the records that go there need', 'Take 4 KiB.'],
  ] as const)('%s may not have %i bytes: %s', (slot, bytes, message, hint) => {
    expect(sizeRefusal(slot, bytes, settings, RING)).toEqual({ code: 'size', message, hint })
  })

  it('holds four of the largest records that are routed to it', () => {
    const routed = structuredClone(settings)
    routed.types.load.slot = 'normal'
    expect(formatBytes(leastCapacity('normal', routed, RING))).toBe('8 KiB')
    expect(formatBytes(leastCapacity('debug', routed, RING))).toBe('4 KiB')
  })

  it('[D15] holds them in each part of a slot that is sharded', () => {
    const sharded = structuredClone(settings)
    sharded.slots.debug.sharding = 'cpu'
    const six = { ...RING, cpus: 6 }
    expect(sizeRefusal('debug', 32 * KIB, sharded, six)).toEqual({
      code: 'size',
      message: '32 KiB is less than 64 KiB, which its 6 parts need, one for each CPU',
      hint: 'Take 64 KiB.',
    })
    expect(sizeRefusal('debug', 64 * KIB, sharded, six)).toBeNull()
  })

  it('holds them in each perf buffer', () => {
    expect(sizeRefusal('debug', 8 * KIB, settings, PERF)?.message).toContain('its 2 parts need')
    expect(sizeRefusal('debug', 16 * KIB, settings, PERF)).toBeNull()
  })
})

describe('[D7] what is critical is whole', () => {
  it.each<[string, Command, string]>([
    ['a critical type is not sampled', { op: 'sampling', eventType: 'exec', rate: 0.5 }, 'never sampled'],
    ['nor the slot', { op: 'slotSampling', slot: 'critical', rate: 0 }, 'never sampled'],
    ['nor only counted', { op: 'mode', eventType: 'exec', mode: 'aggregate' }, 'always sent'],
    ['nor shed', { op: 'backpressure', slot: 'critical', on: true, watermark: 0.8 }, 'never sheds'],
  ])('%s', (_, command, text) => {
    expect(refused(command)).toMatchObject({ code: 'critical', message: expect.stringContaining(text) })
  })

  it.each<[string, Command]>([
    ['all of a critical type', { op: 'sampling', eventType: 'exec', rate: 1 }],
    ['all of the slot', { op: 'slotSampling', slot: 'critical', rate: 1 }],
    ['a critical type sent and counted', { op: 'mode', eventType: 'exec', mode: 'both' }],
    ['backpressure of the slot off', { op: 'backpressure', slot: 'critical', on: false, watermark: 0.8 }],
    ['a type of another slot only counted', { op: 'mode', eventType: 'packet', mode: 'aggregate' }],
    ['a type of another slot sampled', { op: 'sampling', eventType: 'packet', rate: 0 }],
    ['another slot sampled', { op: 'slotSampling', slot: 'debug', rate: 0.1 }],
  ])('%s is allowed', (_, command) => {
    expect(refused(command)).toBeNull()
  })

  it('a type that is sampled is not routed to the critical buffer, and it says what to do first', () => {
    const sampled = structuredClone(settings)
    sampled.types.packet.rate = 0.5
    const command: Command = { op: 'routes', routes: [{ eventType: 'packet', slot: 'critical' }] }
    expect(refused(command, sampled)).toMatchObject({ code: 'critical', hint: expect.stringContaining('100 % first') })
  })

  it('a type that is only counted is not routed there by a layout either', () => {
    const counted = defaultSettings({}, 'subsystem')
    counted.types.exec.mode = 'aggregate'
    expect(refused({ op: 'layout', preset: 'priority' }, counted)?.code).toBe('critical')
    expect(refused({ op: 'layout', preset: 'hot-cold' }, counted)).toBeNull()
  })
})

describe('routes', () => {
  it.each(['single', 'priority', 'subsystem', 'hot-cold'] as const)('the layout %s is allowed', (preset) => {
    expect(refused({ op: 'layout', preset })).toBeNull()
  })

  it('name no type twice', () => {
    const routes = [
      { eventType: 'packet' as const, slot: 'hot' as const },
      { eventType: 'packet' as const, slot: 'cold' as const },
    ]
    expect(refused({ op: 'routes', routes })).toMatchObject({ code: 'routes', message: 'packet is routed twice' })
  })

  it('lead to no buffer that stays and is too small for the records', () => {
    const small = defaultSettings({ normal: 4 * KIB })
    expect(refused({ op: 'routes', routes: [{ eventType: 'load', slot: 'normal' }] }, small)).toMatchObject({
      code: 'size',
      hint: 'Resize normal to 8 KiB or more first.',
    })
  })

  it('lead to any slot that gets its buffer then', () => {
    const routes = [{ eventType: 'load' as const, slot: 'cold' as const }]
    expect(refusalOf({ op: 'routes', routes }, settings, { ground: RING, chosen: { cold: 4 * KIB } })).toBeNull()
  })
})

describe('a slot that nothing is routed to', () => {
  it.each<Command>([
    { op: 'resize', slot: 'hot', bytes: MIB },
    { op: 'shard', slot: 'hot', sharding: 'cpu' },
  ])('has no buffer that could change: $op', (command) => {
    expect(refused(command)).toMatchObject({ code: 'unused', message: expect.stringContaining('no buffer') })
  })

  it.each<Command>([
    { op: 'processing', slot: 'hot', processing: 'batch' },
    { op: 'slotSampling', slot: 'hot', rate: 0.5 },
    { op: 'backpressure', slot: 'hot', on: true, watermark: 0.5 },
  ])('may be set for the time when it is used: $op', (command) => {
    expect(refused(command)).toBeNull()
  })
})

describe('sharding', () => {
  it('needs room in each part', () => {
    const small = defaultSettings({ debug: 8 * KIB })
    expect(refused({ op: 'shard', slot: 'debug', sharding: 'cpu' }, small)).toMatchObject({
      code: 'size',
      hint: 'Resize debug to 16 KiB or more first.',
    })
    expect(refused({ op: 'shard', slot: 'debug', sharding: 'cpu' })).toBeNull()
    expect(refused({ op: 'shard', slot: 'debug', sharding: 'single' })).toBeNull()
  })

  it('is what perf buffers are, and nothing else', () => {
    expect(refused({ op: 'shard', slot: 'debug', sharding: 'single' }, settings, PERF)?.code).toBe('transport')
    expect(refused({ op: 'shard', slot: 'debug', sharding: 'cpu' }, settings, PERF)).toBeNull()
  })
})

describe('a version of a record', () => {
  it.each<[Command, string | null]>([
    [{ op: 'version', eventType: 'exec', version: 1 }, null],
    [{ op: 'version', eventType: 'exec', version: 2 }, null],
    [{ op: 'version', eventType: 'exec', version: 3 }, 'Take 1 to 2.'],
    [{ op: 'version', eventType: 'fork', version: 2 }, 'There is version 1 alone.'],
  ])('%j: %s', (command, hint) => {
    expect(refused(command)?.hint ?? null).toBe(hint)
  })
})

describe('a rule of the filter', () => {
  const of = (rule: FilterRule) => refused({ op: 'filters', rules: [rule] })

  it.each<FilterRule>([
    { field: 'pid', not: false, value: 1 },
    { field: 'uid', not: true, value: 0 },
    { field: 'uid', not: true, value: 2 ** 32 - 1 },
    { field: 'comm', not: false, value: '123456789012345' },
    { field: 'comm', not: false, value: 'ünïcödé-123' },
    { field: 'cgroup', not: false, value: '/' },
    { field: 'cgroup', not: false, value: '/system.slice/a..b.service' },
    { field: 'type', not: true, value: ['packet'] },
  ])('%j is one', (rule) => {
    expect(of(rule)).toBeNull()
  })

  it.each<[FilterRule, string]>([
    [{ field: 'pid', not: false, value: 2 ** 32 }, 'no pid is as large'],
    [{ field: 'comm', not: false, value: '1234567890123456' }, '16 bytes'],
    [{ field: 'comm', not: false, value: 'ünïcödé-ünïcö' }, 'matches no process'],
    [{ field: 'comm', not: false, value: 'a\0b' }, 'NUL'],
    [{ field: 'cgroup', not: false, value: 'system.slice' }, 'by its path'],
    [{ field: 'cgroup', not: false, value: '/../etc' }, 'by its path'],
    [{ field: 'cgroup', not: false, value: '/a/./b' }, 'by its path'],
    [{ field: 'cgroup', not: false, value: '/a\0' }, 'by its path'],
  ])('%j is none: %s', (rule, text) => {
    expect(of(rule)).toMatchObject({ code: 'filter', message: expect.stringContaining(text) })
  })

  it('has seven others beside it at most', () => {
    const rules = Array.from({ length: 9 }, (_, value): FilterRule => ({ field: 'pid', not: true, value }))
    expect(refused({ op: 'filters', rules })?.message).toContain('9 rules')
    expect(refused({ op: 'filters', rules: rules.slice(1) })).toBeNull()
  })
})

it.each<Command>([
  { op: 'order', mode: 'cpu', windowMs: 0 },
  { op: 'processing', slot: 'critical', processing: 'batch' },
  { op: 'enable', eventType: 'exec', on: false },
  { op: 'pause', on: true },
  { op: 'showSelf', on: true },
  { op: 'compare' },
])('$op is always allowed', (command) => {
  expect(refused(command)).toBeNull()
})
