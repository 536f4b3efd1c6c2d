/** The controller's promises: one writer, one command at a time, what is applied is read back. */
import type { Command, Control, Reply, Settings, SlotName } from '@ringside/protocol'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Controller } from '../../src/control/controller.ts'
import { type Chosen, defaultSettings } from '../../src/control/settings.ts'
import type { Problem } from '../../src/problem.ts'
import { CPUS, errno, FakeHost, FakeIngest } from './fake-host.ts'

const MIB = 1024 * 1024
let host: FakeHost
let ingest: FakeIngest
let compared: Problem | null
let changes: Control[]
let controller: Controller

beforeEach(() => {
  host = new FakeHost()
  changes = []
  compared = null
  controller = newController(0)
})

function newController(resizeEveryMs: number, chosen: Chosen = {}): Controller {
  ingest = new FakeIngest(host.calls)
  return new Controller({
    host,
    ingest,
    settings: defaultSettings(chosen),
    chosen,
    agentPort: 7070,
    onChange: (control) => changes.push(control),
    compare: () => compared,
    resizeEveryMs,
  })
}

/** What was done to buffers, and asked of ingest, without the words that were written. */
function steps(): string[] {
  return host.calls.filter((call) => !call.startsWith('write'))
}

/** Slots that have a buffer, with its bytes. */
function standing({ slots }: Settings): [string, number][] {
  const names = Object.keys(slots) as SlotName[]
  return names.filter((slot) => slots[slot].capacityBytes > 0).map((slot) => [slot, slots[slot].capacityBytes])
}

function run(command: Command, revision: number | null = null): Promise<Reply> {
  return controller.execute({ type: 'command', id: 7, revision, command }, 'test')
}

describe('a command that is carried out', () => {
  it('shows what was asked beside what is read back', async () => {
    const reply = await run({ op: 'sampling', eventType: 'syscall', rate: 0.1 })
    expect(reply).toEqual({ type: 'reply', id: 7, ok: true, revision: 2, error: null })
    const state = controller.state()
    expect(state.asked.types.syscall.rate).toBe(0.1)
    expect(state.applied.types.syscall.rate).toBe(0.1)
  })

  it('writes the words that change, and no others', async () => {
    host.calls.length = 0
    await run({ op: 'pause', on: true })
    expect(host.calls).toEqual(['write 4+4'])
    expect(controller.state().applied.paused).toBe(true)
  })

  it('is told to everybody, and kept in the history', async () => {
    await run({ op: 'enable', eventType: 'packet', on: false })
    expect(changes.at(-1)?.history).toMatchObject([{ by: 'test', text: 'packet: off', ok: true }])
    expect(changes.at(-1)?.pending).toEqual([])
  })

  it('keeps the last 50 in the history', async () => {
    for (let turn = 0; turn < 60; turn += 1) await run({ op: 'pause', on: turn % 2 === 0 })
    expect(controller.state().history).toHaveLength(50)
  })

  it('shows and hides the agent itself by pid and port', async () => {
    expect(controller.state().applied.showSelf).toBe(false)
    await run({ op: 'showSelf', on: true })
    expect(controller.state().applied.showSelf).toBe(true)
    expect(host.readControl().subarray(0, 6)).toEqual(new Uint8Array(6))
  })
})

describe('a command that is refused', () => {
  it('[RSZ-6] is stale when it was asked for with an older revision', async () => {
    await run({ op: 'pause', on: true }, 1)
    const reply = await run({ op: 'pause', on: false }, 1)
    expect(reply).toMatchObject({ ok: false, revision: 2, error: { code: 'stale' } })
    expect(controller.state().applied.paused).toBe(true)
  })

  it('of two at once with the same revision the second is stale', async () => {
    const replies = await Promise.all([
      run({ op: 'enable', eventType: 'open', on: false }, 1),
      run({ op: 'enable', eventType: 'tcp', on: false }, 1),
    ])
    expect(replies.map((reply) => reply.error?.code ?? 'ok')).toEqual(['ok', 'stale'])
  })

  it('[D7] never samples what goes to the critical buffer', async () => {
    const reply = await run({ op: 'sampling', eventType: 'exec', rate: 0.5 })
    expect(reply.error?.code).toBe('critical')
    expect(controller.state().applied.types.exec.rate).toBe(1)
  })

  it('[D7] never sheds the critical buffer', async () => {
    const reply = await run({ op: 'backpressure', slot: 'critical', on: true, watermark: 0.8 })
    expect(reply.error).toMatchObject({ code: 'critical', hint: expect.stringContaining('another buffer') })
  })

  it('stands in the history as refused', async () => {
    await run({ op: 'resize', slot: 'debug', bytes: 5000 })
    expect(controller.state().history.at(-1)).toMatchObject({ ok: false, text: expect.stringContaining('refused') })
  })
})

describe('a resize', () => {
  it('[D5] makes, hands over, installs, and only then calls it swapped', async () => {
    const reply = await run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
    expect(reply.ok).toBe(true)
    expect(steps()).toEqual([`create 2 ${16 * MIB} single`, 'adopt 2 11', 'install 2 11', 'swapped 2'])
    expect(controller.state().applied.slots.debug.capacityBytes).toBe(16 * MIB)
  })

  it('closes the old ring when ingest has let go of it, not before', async () => {
    await run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
    expect(host.calls).not.toContain('close 3')
    controller.retired([3])
    expect(host.calls.at(-1)).toBe('close 3')
  })

  it('waits for the old ring of the slot before it takes another one', async () => {
    await run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
    expect((await run({ op: 'resize', slot: 'debug', bytes: 4 * MIB })).error?.code).toBe('draining')
    controller.retired([3])
    expect((await run({ op: 'resize', slot: 'debug', bytes: 4 * MIB })).ok).toBe(true)
  })

  it('makes the thresholds right for the smaller ring before the swap', async () => {
    await run({ op: 'backpressure', slot: 'debug', on: true, watermark: 0.5 })
    host.calls.length = 0
    await run({ op: 'resize', slot: 'debug', bytes: 4 * MIB })
    const install = host.calls.findIndex((call) => call.startsWith('install'))
    expect(host.calls.slice(0, install).some((call) => call.startsWith('write'))).toBe(true)
    expect(host.calls.slice(install).some((call) => call.startsWith('write'))).toBe(false)
  })

  it('makes the thresholds right for the larger ring after the swap', async () => {
    host.calls.length = 0
    await run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
    const install = host.calls.findIndex((call) => call.startsWith('install'))
    expect(host.calls.slice(0, install).some((call) => call.startsWith('write'))).toBe(false)
    expect(host.calls.slice(install).some((call) => call.startsWith('write'))).toBe(true)
  })

  it('[RSZ-5] that finds no memory leaves everything as it was', async () => {
    host.failures.set('create', errno('ENOMEM'))
    const before = controller.state()
    const reply = await run({ op: 'resize', slot: 'debug', bytes: 64 * MIB })
    expect(reply.error).toMatchObject({ code: 'memory', hint: expect.stringContaining('goes on as before') })
    expect(controller.state().applied).toEqual(before.applied)
    expect(controller.state().asked).toEqual(before.asked)
  })

  it('[RSZ-5] that cannot be installed takes the new ring back from ingest and closes it', async () => {
    host.failures.set('install', errno('EPERM'))
    const before = host.readControl()
    const reply = await run({ op: 'resize', slot: 'debug', bytes: MIB })
    expect(reply.error?.code).toBe('failed')
    expect(steps().slice(-2)).toEqual(['abandoned 2', 'close 11'])
    expect(host.readControl()).toEqual(before)
  })

  it('[RSZ-6] that comes too soon waits, and another one is refused', async () => {
    controller = newController(300)
    const done: string[] = []
    await run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
    const second = run({ op: 'resize', slot: 'normal', bytes: 4 * MIB }).then((reply) => {
      done.push('second')
      return reply
    })
    expect(controller.state().pending).toEqual(['normal: 8 MiB → 4 MiB'])
    expect((await run({ op: 'resize', slot: 'normal', bytes: 2 * MIB })).error?.code).toBe('too-soon')
    expect((await run({ op: 'pause', on: true })).ok).toBe(true)
    done.push('pause')
    expect((await second).ok).toBe(true)
    expect(done).toEqual(['pause', 'second'])
  })
})

describe('[D15] sharding', () => {
  it('is a swap to a ring per CPU of the same size, whose thresholds are those of a part', async () => {
    await run({ op: 'backpressure', slot: 'debug', on: true, watermark: 0.5 })
    const reply = await run({ op: 'shard', slot: 'debug', sharding: 'cpu' })
    expect(reply.ok).toBe(true)
    expect(steps()).toEqual([`create 2 ${8 * MIB} cpu`, 'adopt 2 11', 'install 2 11', 'swapped 2'])
    expect(controller.state().applied.slots.debug).toMatchObject({
      sharding: 'cpu',
      capacityBytes: 8 * MIB,
      watermark: 0.5,
    })
    const shedAbove = new DataView(host.readControl().buffer).getUint32(136 + 2 * 16 + 4, true)
    expect(shedAbove).toBe((8 * MIB) / CPUS / 2)
  })

  it('makes the thresholds right for a part before the first record stands in one', async () => {
    await run({ op: 'shard', slot: 'debug', sharding: 'cpu' })
    const install = host.calls.findIndex((call) => call.startsWith('install'))
    expect(host.calls.slice(install).some((call) => call.startsWith('write'))).toBe(false)
  })

  it('outlives a resize', async () => {
    await run({ op: 'shard', slot: 'debug', sharding: 'cpu' })
    controller.retired([3])
    await run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
    expect(host.calls).toContain(`create 2 ${16 * MIB} cpu`)
  })

  it('that fails leaves one ring, and says why', async () => {
    host.failures.set('create', errno('ENOMEM'))
    const before = controller.state()
    expect((await run({ op: 'shard', slot: 'debug', sharding: 'cpu' })).error?.code).toBe('memory')
    expect(controller.state().asked).toEqual(before.asked)
    expect(controller.state().applied).toEqual(before.applied)
  })

  it('is how every slot of perf buffers is, from the start', () => {
    host = new FakeHost('perf')
    controller = newController(0)
    const { asked, applied } = controller.state()
    expect(asked.slots.debug.sharding).toBe('cpu')
    expect(applied).toEqual(asked)
  })
})

describe('[D4] routes', () => {
  it('make the buffers that are new, flip, wait, and only then take away those that nothing goes to', async () => {
    host.calls.length = 0
    const reply = await run({ op: 'layout', preset: 'hot-cold' })
    expect(reply).toMatchObject({ ok: true, revision: 2 })
    expect(steps()).toEqual([
      `create 7 ${16 * MIB} single`,
      `create 8 ${MIB} single`,
      ...['adopt 7 11', 'install 7 11', 'swapped 7', 'adopt 8 12', 'install 8 12', 'swapped 8'],
      'settle',
      ...['remove 0', 'removed 0', 'remove 1', 'removed 1', 'remove 2', 'removed 2'],
    ])
    expect(standing(controller.state().applied)).toEqual([
      ['hot', 16 * MIB],
      ['cold', MIB],
    ])
    expect(controller.state().asked).toEqual(controller.state().applied)
  })

  it('flip when the thresholds of the new buffers are in force, and before the wait', async () => {
    host.calls.length = 0
    await run({ op: 'routes', routes: [{ eventType: 'packet', slot: 'network' }] })
    const typeOfPacket = `write ${8 + 6 * 8}+4`
    const thresholds = host.calls.indexOf(`write ${136 + 5 * 16 + 4}+4`)
    expect(thresholds).toBeGreaterThan(host.calls.indexOf('install 5 11'))
    expect(host.calls.indexOf(typeOfPacket)).toBeGreaterThan(thresholds)
    expect(host.calls.indexOf('settle')).toBeGreaterThan(host.calls.indexOf(typeOfPacket))
  })

  it('between buffers that are there make none and take none away', async () => {
    host.calls.length = 0
    await run({ op: 'routes', routes: [{ eventType: 'packet', slot: 'normal' }] })
    expect(steps()).toEqual(['settle'])
    expect(controller.state().applied.types.packet.slot).toBe('normal')
  })

  it('that are in force already change nothing', async () => {
    host.calls.length = 0
    expect((await run({ op: 'layout', preset: 'priority' })).ok).toBe(true)
    expect(host.calls).toEqual([])
  })

  it('close the old buffers when ingest has emptied them, not before', async () => {
    await run({ op: 'layout', preset: 'hot-cold' })
    expect(steps().some((call) => call.startsWith('close'))).toBe(false)
    controller.retired([1, 2, 3])
    expect(steps().slice(-3)).toEqual(['close 1', 'close 2', 'close 3'])
  })

  it('wait for an old buffer of a slot that comes into use again', async () => {
    await run({ op: 'layout', preset: 'hot-cold' })
    expect((await run({ op: 'layout', preset: 'priority' })).error?.code).toBe('draining')
    controller.retired([1, 2, 3])
    expect((await run({ op: 'layout', preset: 'priority' })).ok).toBe(true)
    expect(controller.state().applied).toEqual(defaultSettings())
  })

  it('leave a buffer that is in use as it is, and remember what was chosen for one that is not', async () => {
    await run({ op: 'resize', slot: 'debug', bytes: 4 * MIB })
    await run({ op: 'resize', slot: 'normal', bytes: 2 * MIB })
    controller.retired([2, 3])
    await run({ op: 'layout', preset: 'single' })
    expect(standing(controller.state().applied)).toEqual([['normal', 2 * MIB]])
    controller.retired([1, 11])
    await run({ op: 'layout', preset: 'priority' })
    expect(standing(controller.state().applied)).toEqual([
      ['critical', MIB],
      ['normal', 2 * MIB],
      ['debug', 4 * MIB],
    ])
  })

  it('make a buffer as large as it was given at the start, or as its records need', async () => {
    controller = newController(0, { hot: 32 * MIB, cold: 4096 })
    await run({ op: 'routes', routes: [{ eventType: 'load', slot: 'cold' }] })
    await run({ op: 'routes', routes: [{ eventType: 'packet', slot: 'hot' }] })
    expect(steps().filter((call) => call.startsWith('create'))).toEqual([
      'create 8 8192 single',
      `create 7 ${32 * MIB} single`,
    ])
  })

  it('[RSZ-6] that change buffers wait for their time like a resize', async () => {
    controller = newController(300)
    await run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
    controller.retired([3])
    const second = run({ op: 'layout', preset: 'single' })
    expect(controller.state().pending).toEqual(['layout: by priority → a single buffer'])
    expect((await run({ op: 'routes', routes: [{ eventType: 'open', slot: 'debug' }] })).ok).toBe(true)
    expect((await second).ok).toBe(true)
  })

  it('stay silenced when the agent ends in the middle of them', async () => {
    let install: () => void = () => undefined
    host.installed = new Promise((resolve) => {
      install = resolve
    })
    const reply = run({ op: 'layout', preset: 'single' })
    const other = run({ op: 'routes', routes: [{ eventType: 'open', slot: 'file' }] })
    await vi.waitFor(() => expect(host.calls).toContain('install 4 11'))
    const stopped = controller.stop()
    install()
    expect([(await reply).ok, (await other).ok]).toEqual([true, true])
    await stopped
    expect(controller.state().applied.paused).toBe(true)
  })
})

describe('[D4] routes that cannot be', () => {
  const HOT_COLD: Command = { op: 'layout', preset: 'hot-cold' }

  /** The old layout stands as it was, and works again. */
  async function unchanged(before: Control): Promise<void> {
    const now = controller.state()
    expect(now.applied).toEqual(before.applied)
    expect(now.asked).toEqual(before.asked)
    expect(now.revision).toBe(before.revision)
    expect(now.history.at(-1)).toMatchObject({ ok: false, text: expect.stringContaining('hot and cold: refused') })
    host.failures.clear()
    ingest.failAdopt = null
    expect((await run({ op: 'pause', on: true })).ok).toBe(true)
  }

  it('when the second buffer finds no memory: the first is closed, and was never anywhere', async () => {
    host.failures.set('create 8', errno('ENOMEM'))
    const before = controller.state()
    const block = host.readControl()
    expect((await run(HOT_COLD)).error?.code).toBe('memory')
    expect(steps().slice(-3)).toEqual([`create 7 ${16 * MIB} single`, `create 8 ${MIB} single`, 'close 11'])
    expect(host.readControl()).toEqual(block)
    await unchanged(before)
  })

  it('when ingest does not take the second buffer: the first is taken away again', async () => {
    ingest.failAdopt = { slot: 8, error: new Error('no answer') }
    const before = controller.state()
    expect((await run(HOT_COLD)).error).toMatchObject({ code: 'failed', message: expect.stringContaining('no answer') })
    expect(steps().slice(-5)).toEqual(['adopt 8 12', 'abandoned 8', 'close 12', 'remove 7', 'removed 7'])
    await unchanged(before)
  })

  it('when the first buffer cannot be installed: neither stays', async () => {
    host.failures.set('install 7', errno('EPERM'))
    const before = controller.state()
    expect((await run(HOT_COLD)).error?.code).toBe('failed')
    expect(steps().slice(-4)).toEqual(['install 7 11', 'abandoned 7', 'close 11', 'close 12'])
    await unchanged(before)
  })

  it('when the wait fails: the routes are turned back, and what went to the new buffers is read', async () => {
    host.failures.set('settle', new Error('no grace'))
    const before = controller.state()
    expect((await run(HOT_COLD)).error?.message).toBe('no grace')
    expect(steps().slice(-5)).toEqual(['settle', 'remove 7', 'removed 7', 'remove 8', 'removed 8'])
    await unchanged(before)
  })

  it('when no control can be written: new buffers stay where events may go, and go with the next change', async () => {
    const before = controller.state()
    host.failures.set('write', errno('EIO'))
    expect((await run(HOT_COLD)).ok).toBe(false)
    host.failures.clear()
    expect(controller.state().asked).toEqual(before.asked)
    expect(controller.state().applied.types).toEqual(before.applied.types)
    expect(steps().some((call) => call.startsWith('remove'))).toBe(false)
    await run({ op: 'layout', preset: 'priority' })
    expect(steps().slice(-5)).toEqual(['settle', 'remove 7', 'removed 7', 'remove 8', 'removed 8'])
    expect(controller.state().applied).toEqual(before.applied)
  })

  it('a buffer that cannot be taken away stays, is told, and goes with the next change', async () => {
    host.failures.set('remove 1', errno('EBUSY'))
    expect((await run(HOT_COLD)).ok).toBe(true)
    const { applied, asked, history } = controller.state()
    expect([applied.slots.normal.capacityBytes, asked.slots.normal.capacityBytes]).toEqual([8 * MIB, 0])
    expect(applied.types.open.slot).toBe('hot')
    expect(history[0]).toMatchObject({ ok: false, text: expect.stringContaining('normal: the buffer could not') })
    host.failures.clear()
    expect((await run(HOT_COLD)).ok).toBe(true)
    expect(steps().slice(-3)).toEqual(['settle', 'remove 1', 'removed 1'])
  })
})

describe('what ingest is told', () => {
  it('is the order, and reads back as told', async () => {
    await run({ op: 'order', mode: 'cpu', windowMs: 20 })
    expect(steps().at(-1)).toMatch(/^reading cpu 20 /)
    expect(controller.state().applied.order).toEqual({ mode: 'cpu', windowMs: 20 })
  })

  it('is how each slot is processed', async () => {
    await run({ op: 'processing', slot: 'debug', processing: 'batch' })
    expect(steps().at(-1)).toBe(`reading time 100 stream,stream,batch,${'stream,'.repeat(5)}batch`)
    expect(controller.state().applied.slots.debug.processing).toBe('batch')
  })

  it('is nothing, when a command changes neither', async () => {
    await run({ op: 'slotSampling', slot: 'debug', rate: 0.5 })
    expect(steps()).toEqual([])
    expect(controller.state().applied.slots.debug.rate).toBe(0.5)
  })
})

describe('the filter in the kernel', () => {
  const RULES = [{ field: 'uid' as const, not: true, value: 0 }]

  it('is read back beside what was asked', async () => {
    await run({ op: 'filters', rules: RULES })
    const { asked, applied } = controller.state()
    expect([asked.filters, applied.filters]).toEqual([RULES, RULES])
  })

  it('stays as it was when the control block cannot be written after it', async () => {
    await run({ op: 'filters', rules: RULES })
    const [first = 0] = host.readControl()
    host.writeControl(0, Uint8Array.of(first ^ 1))
    host.failures.set('write', errno('EIO'))
    const reply = await run({ op: 'filters', rules: [] })
    expect(reply.error?.message).toContain('EIO')
    const { asked, applied } = controller.state()
    expect([asked.filters, applied.filters]).toEqual([RULES, RULES])
  })

  it('stays as it was when a control group is not there, with what mends it', async () => {
    await run({ op: 'filters', rules: RULES })
    const missing = Object.assign(new Error('no such control group: /a'), { code: 'ECGROUP', hint: 'Look at /sys.' })
    host.failures.set('filters', missing)
    const reply = await run({ op: 'filters', rules: [{ field: 'cgroup', not: false, value: '/a' }] })
    expect(reply.error).toEqual({ code: 'ECGROUP', message: 'no such control group: /a', hint: 'Look at /sys.' })
    const { asked, applied } = controller.state()
    expect([asked.filters, applied.filters]).toEqual([RULES, RULES])
  })
})

describe('types', () => {
  it('are counted in tables while they are on and their mode says so', async () => {
    expect(controller.counted).toEqual([])
    await run({ op: 'mode', eventType: 'packet', mode: 'aggregate' })
    await run({ op: 'mode', eventType: 'exec', mode: 'both' })
    expect(controller.counted).toEqual(['exec', 'packet'])
    expect(controller.countedAndSent).toEqual(['exec'])
    await run({ op: 'enable', eventType: 'packet', on: false })
    expect(controller.counted).toEqual(['exec'])
    expect(controller.state().applied.types.exec.mode).toBe('both')
  })

  it('have the version of their records read back', async () => {
    await run({ op: 'version', eventType: 'exec', version: 1 })
    expect(controller.state().applied.types.exec.version).toBe(1)
  })
})

describe('a comparison', () => {
  it('begins, changes no setting, and stands in the history', async () => {
    expect(await run({ op: 'compare' }, 1)).toMatchObject({ ok: true, revision: 1 })
    expect(controller.state().history).toMatchObject([{ ok: true, text: expect.stringContaining('comparison') }])
  })

  it('is refused with what kept it from beginning', async () => {
    compared = { code: 'busy', message: 'one goes on', hint: 'Wait.' }
    expect((await run({ op: 'compare' })).error).toEqual(compared)
  })
})

it('what goes wrong beside commands is told to everybody', () => {
  controller.note('agent', 'the tables in the kernel could not be read')
  expect(changes.at(-1)?.history).toMatchObject([{ by: 'agent', ok: false, text: expect.stringContaining('tables') }])
})

it('[ACC-12] a change of sampling or backpressure leaves its old and its new value, and the time, at once', async () => {
  const before = Date.now()
  await run({ op: 'sampling', eventType: 'syscall', rate: 0.1 })
  await run({ op: 'backpressure', slot: 'debug', on: true, watermark: 0.5 })
  const [sampling, backpressure] = controller.state().history
  expect(sampling?.text).toBe('syscall: sampling 100 % → 10 %')
  expect(backpressure?.text).toBe('debug: backpressure on, above 50 %')
  expect(sampling?.timeMs).toBeGreaterThanOrEqual(before)
  expect(sampling?.timeMs).toBeLessThan(before + 100)
})

describe('[LIF-5] the end', () => {
  /** Ends the wait of the install that runs. */
  let install: () => void

  beforeEach(() => {
    host.installed = new Promise((resolve) => {
      install = resolve
    })
  })

  function running(): Promise<Reply> {
    return run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
  }

  it('waits for the command that is being carried out, with the programs silenced at once', async () => {
    const reply = running()
    await vi.waitFor(() => expect(host.calls).toContain('install 2 11'))
    const stopped = controller.stop().then(() => host.calls.push('stopped'))
    expect(controller.state().applied.paused).toBe(true)
    install()
    expect((await reply).ok).toBe(true)
    await stopped
    expect(host.calls.at(-1)).toBe('stopped')
    expect(controller.state().applied.paused).toBe(true)
  })

  it('does not wait for ever, and what ends after the host is closed rejects nothing', async () => {
    const reply = running()
    await vi.waitFor(() => expect(host.calls).toContain('install 2 11'))
    await controller.stop()
    await host.close()
    install()
    expect((await reply).ok).toBe(false)
  })

  it('refuses what comes after it, and what waits for its time', async () => {
    install()
    controller = newController(60_000)
    await run({ op: 'resize', slot: 'debug', bytes: 16 * MIB })
    const waits = run({ op: 'resize', slot: 'normal', bytes: 4 * MIB })
    await controller.stop()
    await host.close()
    expect((await waits).error?.code).toBe('ending')
    expect((await run({ op: 'pause', on: false })).error?.code).toBe('ending')
  })
})
