/** Which transport is taken, and that the two halves of the source work alike over each: rings, rings by CPU, perf buffers. */
import { onlineCpus, pinThread } from '@ringside/native'
import type { Transport } from '@ringside/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { ABI, LIMITS, ringBytes, SLOTS_IN_USE } from '../../src/source/abi.ts'
import { probeAbilities, standIns } from '../../src/source/kernel/abilities.ts'
import { KernelHost } from '../../src/source/kernel/host.ts'
import { partBytes } from '../../src/source/kernel/parts.ts'
import { chooseTransport } from '../../src/source/kernel/transport.ts'
import type { Sharding } from '../../src/source/source.ts'
import { buffersOf, loadBytes } from './support/controls.ts'
import { held } from './support/held.ts'
import { Stage } from './support/stage.ts'

const [CRITICAL, SLOT] = [0, 1]
const BYTES = 64 * 1024
const PAGE = 4096
const SHORT_MICROS = 30_000
const LONG_MICROS = 5_000_000
const NEW = { version: [6, 1] as const, kernel: '6.1.0' }
const OLD = { version: [5, 8] as const, kernel: '5.8.0' }
const noRings = () => 'the test has forbidden them'
const RECORD = ringBytes(loadBytes())

interface Kind {
  transport: Transport
  sharding: Sharding
}

const KINDS: readonly Kind[] = [
  { transport: 'ring', sharding: 'single' },
  { transport: 'ring', sharding: 'cpu' },
  { transport: 'perf', sharding: 'cpu' },
]

function open({ transport, sharding }: Kind, slot = SLOT, policy = {}): Promise<Stage> {
  const control = { types: { load: slot }, policies: { [slot]: policy } }
  return Stage.open({ transport, buffers: buffersOf({ [slot]: BYTES }, sharding), control })
}

afterEach(() => pinThread(null))

describe('[D14] the transport', () => {
  test('is what was asked for, without a reason', () => {
    expect(chooseTransport('ring', OLD, noRings)).toEqual({ transport: 'ring', reason: null })
    expect(chooseTransport('perf', NEW)).toEqual({ transport: 'perf', reason: null })
  })

  test('is the ring buffer where there is one', () => {
    expect(chooseTransport('auto', NEW)).toEqual({ transport: 'ring', reason: null })
  })

  test('is the perf buffer where there is none, and says why', () => {
    expect(chooseTransport('auto', NEW, noRings)).toEqual({ transport: 'perf', reason: noRings() })
    expect(chooseTransport('auto', OLD)).toMatchObject({ transport: 'perf', reason: expect.stringContaining('5.10') })
  })

  test('is taken by itself on a host without ring buffers, and events come through', async () => {
    const control = { types: { load: SLOT } }
    const stage = await Stage.open({ probeRings: noRings, buffers: buffersOf({ [SLOT]: BYTES }), control })
    expect([stage.host.transport, stage.host.transportReason]).toEqual(['perf', noRings()])
    stage.generate(100)
    expect(stage.pass()).toBeGreaterThanOrEqual(100 * RECORD)
    expect(stage.violations()).toEqual([])
  })

  test('[LIF-6] that stands in for the other is no failure, and doctor says which and why', () => {
    const abilities = probeAbilities('auto', noRings)
    expect(abilities.filter(({ ok }) => !ok)).toEqual([])
    const detail = (id: string) => abilities.find((ability) => ability.id === id)?.detail
    expect(detail('ring')).toBe(`none: ${noRings()}`)
    expect(detail('transport')).toBe(`perf buffers, one for each CPU, since ${noRings()}`)
  })

  test('[LIF-6] that was asked for and is not there is a failure with a mend', () => {
    const ring = probeAbilities('ring', noRings).find(({ id }) => id === 'ring')
    expect(ring).toMatchObject({ ok: false, mend: expect.stringContaining('--transport perf') })
  })

  test('[LIF-6] is missing where neither works', () => {
    const missing = { id: '', title: '', ok: false, detail: 'gone', mend: 'boot' }
    expect(standIns(missing, missing)).toEqual([missing, missing])
    expect(standIns({ ...missing, ok: true }, missing)[1]).toMatchObject({ ok: true, mend: '' })
  })
})

describe('[D15] the parts of a buffer', () => {
  test('are powers of two that together are no more than was asked for, but for the smallest', () => {
    expect([partBytes(1 << 20, 1), partBytes(1 << 20, 2), partBytes(1 << 20, 3)]).toEqual([1 << 20, 1 << 19, 1 << 18])
    expect(partBytes(PAGE, 64)).toBe(PAGE)
  })

  test.each(KINDS)('are told: $transport, $sharding', async (kind) => {
    const { host, feed } = await open(kind)
    const parts = kind.transport === 'perf' ? onlineCpus().length : kind.sharding === 'cpu' ? host.cpus : 1
    const capacityBytes = parts * partBytes(BYTES, parts)
    expect(host.feed().buffers[SLOT]).toMatchObject({ capacityBytes })
    expect(feed.state(SLOT)).toMatchObject({ parts, capacityBytes, producer: 0, fullestBytes: 0 })
    expect(feed.state(SLOT)?.toldLost).toBe(kind.transport === 'perf' ? 0 : null)
  })
})

describe.each(KINDS)('over $transport, $sharding', (kind) => {
  test('[D13] records of every CPU come through', async () => {
    const stage = await open(kind)
    for (const cpu of onlineCpus()) {
      pinThread(cpu)
      stage.generate(10 + cpu)
    }
    stage.pass()
    const made = onlineCpus().reduce((sum, cpu) => sum + 10 + cpu, 0)
    expect(stage.fates(SLOT)).toEqual({ seen: made, submitted: made })
    expect(stage.violations()).toEqual([])
  })

  test('[RNG-3] a sleeping feed is woken once there is enough, and by the host at once', async () => {
    const wakeBytes = BYTES / 16
    const stage = await open(kind, SLOT, { wake_bytes: wakeBytes })
    pinThread(onlineCpus()[0] ?? 0)
    stage.feed.wait(0)
    stage.feed.setAsleep(true)
    stage.generate(10)
    const begin = performance.now()
    stage.feed.wait(SHORT_MICROS)
    expect(performance.now() - begin, 'less than enough').toBeGreaterThan(SHORT_MICROS / 1000 - 1)
    stage.generate(Math.ceil(BYTES / 8 / RECORD))
    const start = performance.now()
    stage.feed.wait(LONG_MICROS)
    stage.host.wake()
    stage.feed.wait(LONG_MICROS)
    expect(performance.now() - start).toBeLessThan(LONG_MICROS / 2000)
  })

  test('[RNG-3] the critical slot wakes its reader at the first record', async () => {
    const stage = await open(kind, CRITICAL, { wake_bytes: 1 })
    stage.feed.wait(0)
    stage.feed.setAsleep(true)
    stage.generate(1)
    const start = performance.now()
    stage.feed.wait(LONG_MICROS)
    expect(performance.now() - start).toBeLessThan(LONG_MICROS / 2000)
  })

  test('[D4] a buffer that is removed is emptied, retired, and found by no program any more', async () => {
    const stage = await open(kind)
    const { handle } = stage.host.feed().buffers[SLOT] ?? {}
    stage.generate(5)
    stage.host.writeControl(ABI.structs.rs_control.members.paused, Uint8Array.of(1, 0))
    await stage.host.removeBuffer(SLOT)
    stage.feed.removed(SLOT)
    expect(stage.feed.retired()).toEqual([])
    expect(stage.pass()).toBeGreaterThanOrEqual(5 * RECORD)
    expect(stage.feed.retired()).toEqual([handle])
    expect([stage.feed.state(SLOT), stage.host.feed().buffers[SLOT]]).toEqual([null, null])
    stage.host.writeControl(ABI.structs.rs_control.members.paused, Uint8Array.of(0, 0))
    stage.generate(3)
    expect(stage.fates(SLOT)).toEqual({ seen: 8, submitted: 5, dropped_no_reader: 3 })
    expect(stage.violations()).toEqual([])
  })

  test('[LIF-1] leaves nothing behind when it is closed', async () => {
    const before = held()
    const host = await KernelHost.open({
      transport: kind.transport,
      buffers: buffersOf(
        Object.fromEntries(Array.from({ length: SLOTS_IN_USE }, (_, slot) => [slot, BYTES])),
        kind.sharding,
      ),
    })
    const buffer = await host.createBuffer(BYTES, kind.sharding, SLOT)
    await host.installBuffer(SLOT, buffer.handle)
    await host.close()
    expect(held()).toEqual(before)
  })
})

test('[D15] between one ring and rings by CPU no place keeps a ring that is not in use', async () => {
  const stage = await open({ transport: 'ring', sharding: 'single' })
  const slots = stage.host.object.map('slots')
  const standing = () =>
    Array.from({ length: slots.maxEntries }, (_, place) => place).filter((place) =>
      slots.lookup(new Uint8Array(Uint32Array.of(place).buffer), new Uint8Array(4)),
    )
  const places: number[][] = [standing()]
  for (const sharding of ['cpu', 'single'] as const) {
    const buffer = await stage.host.createBuffer(BYTES, sharding, SLOT)
    stage.feed.adopt(SLOT, buffer)
    await stage.host.installBuffer(SLOT, buffer.handle)
    stage.feed.swapped(SLOT)
    await expect.poll(() => standing().length).toBe(sharding === 'cpu' ? stage.host.cpus : 1)
    places.push(standing())
  }
  const byCpu = Array.from({ length: stage.host.cpus }, (_, cpu) => LIMITS.slots + SLOT * stage.host.cpus + cpu)
  expect(places).toEqual([[SLOT], byCpu, [SLOT]])
})
