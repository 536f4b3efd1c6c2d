/** The controller's promises: one writer, one command at a time, what is applied is read back. */
import type { Command, Control, Reply } from '@ringside/protocol'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Controller } from '../../src/control/controller.ts'
import { defaultSettings } from '../../src/control/settings.ts'
import { errno, FakeHost, FakeIngest } from './fake-host.ts'

const MIB = 1024 * 1024
let host: FakeHost
let changes: Control[]
let controller: Controller

beforeEach(() => {
  host = new FakeHost()
  changes = []
  controller = newController(0)
})

function newController(resizeEveryMs: number): Controller {
  return new Controller({
    host,
    ingest: new FakeIngest(host.calls),
    settings: defaultSettings(),
    agentPort: 7070,
    onChange: (control) => changes.push(control),
    resizeEveryMs,
  })
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
    expect(reply.error).toMatchObject({ code: 'critical', hint: expect.stringContaining('normal or debug') })
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
    const swap = host.calls.filter((call) => !call.startsWith('write'))
    expect(swap).toEqual([`create ${16 * MIB}`, 'adopt 2 11', 'install 2 11', 'swapped 2'])
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
    host.failCreate = errno('ENOMEM')
    const before = controller.state()
    const reply = await run({ op: 'resize', slot: 'debug', bytes: 64 * MIB })
    expect(reply.error).toMatchObject({ code: 'memory', hint: expect.stringContaining('old buffer goes on') })
    expect(controller.state().applied).toEqual(before.applied)
    expect(controller.state().asked).toEqual(before.asked)
  })

  it('[RSZ-5] that cannot be installed takes the new ring back from ingest and closes it', async () => {
    host.failInstall = errno('EPERM')
    const before = host.readControl()
    const reply = await run({ op: 'resize', slot: 'debug', bytes: MIB })
    expect(reply.error?.code).toBe('failed')
    expect(host.calls.filter((call) => !call.startsWith('write')).slice(-2)).toEqual(['abandoned 2', 'close 11'])
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
