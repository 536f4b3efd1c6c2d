/** What `ringside status --json` prints. */
import { describe, expect, it } from 'vitest'
import { describeDrop, statusOf } from '../src/status.ts'
import { controlOf, fatesOf, healthOf, helloOf, settingsOf } from './messages-fixture.ts'

describe('status', () => {
  it('[ST1] holds the ledger by slot and type, and the laws', () => {
    const health = healthOf({
      fates: [fatesOf('debug', 'syscall', 1000, { dropped: { full: 3, oversize: 2, noReader: 1, other: 4 } })],
    })
    const status = statusOf(helloOf(), health, controlOf({ applied: settingsOf({ paused: true }) }))
    expect(status).toMatchObject({
      version: 1,
      source: 'kernel',
      paused: true,
      verdict: { state: 'blind' },
      laws: health.laws,
    })
    expect(status.slots.map((slot) => slot.name)).toEqual(['critical', 'normal', 'debug'])
    expect(status.slots[2]).toMatchObject({
      name: 'debug',
      capacityBytes: 8_388_608,
      usedBytes: 0,
      highWaterBytes: 4096,
      types: [
        {
          name: 'syscall',
          enabled: true,
          seen: 1000,
          sampled: 0,
          shed: 0,
          dropped: 10,
          droppedBy: { full: 3, oversize: 2, noReader: 1, other: 4 },
          consumed: 997,
          decoded: 997,
          malformed: 0,
        },
      ],
    })
  })

  it('[ST1] says by which means, in which layout and with which filter events are taken', () => {
    const applied = settingsOf({ filters: [{ field: 'uid', not: true, value: 0 }] })
    applied.types.syscall = { ...applied.types.syscall, rate: 0.5, mode: 'both' }
    applied.slots.debug = { ...applied.slots.debug, rate: 0.5, sharding: 'cpu' }
    const hello = helloOf({ transport: 'perf', transportReason: 'no ring buffers before Linux 5.8' })
    const status = statusOf(hello, healthOf(), controlOf({ applied }))
    expect(status).toMatchObject({
      ...{ transport: 'perf', transportReason: 'no ring buffers before Linux 5.8', layout: 'custom' },
      ...{ order: { mode: 'time', windowMs: 100 }, filters: ['uid!=0'], drops: [], dropsElsewhere: 0 },
      untabled: { connections: 0, windows: 0, heavy: 0 },
    })
    expect(status.slots[2]).toMatchObject({
      ...{ sharding: 'cpu', processing: 'stream', rate: 0.5, parts: 1 },
      types: [{ name: 'syscall', rate: 0.25, mode: 'both', recordVersion: 1 }],
    })
  })

  it('[ACC-8] a drop says how many, of what, where and why', () => {
    const place = { slot: 'debug', type: 'syscall', cpu: 3, reason: 'full', firstMs: 1, lastMs: 2 } as const
    expect(describeDrop({ ...place, count: 1204 })).toBe('1,204 syscall in debug on CPU 3: the buffer was full')
  })

  it('[ST1] says of each type whether it is on, and keeps what it has counted', () => {
    const applied = settingsOf()
    applied.types.tick.enabled = false
    const health = healthOf({ fates: [fatesOf('debug', 'syscall', 0), fatesOf('debug', 'tick', 7)] })
    const status = statusOf(helloOf(), health, controlOf({ applied }))
    expect(status.slots[2]?.types).toMatchObject([
      { name: 'syscall', enabled: true, seen: 0 },
      { name: 'tick', enabled: false, seen: 7 },
    ])
  })

  it('[ST2] names the law that only a page can evaluate', () => {
    const status = statusOf(helloOf(), healthOf(), controlOf())
    expect(status.lawsElsewhere).toMatchObject([{ id: 'L5', where: 'page' }])
  })
})
