/** `ringside serve` from its start to its end, on the synthetic source. */

import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import {
  type AgentMessage,
  type Command,
  PROTOCOL_VERSION,
  type Status,
  type StatusSlot,
  type Tables,
} from '@ringside/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { type AgentProcess, RunDir } from './agent-process.ts'

const MIB = 1024 * 1024
let here: RunDir
beforeEach(() => {
  here = new RunDir()
})
afterEach(() => here.clear())

const record = () => JSON.parse(readFileSync(join(here.path, 'agent.json'), 'utf8'))

async function connect({ port, token }: AgentProcess): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { authorization: `Bearer ${token}` } })
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return socket
}

/** Resolves when a batch has come. */
async function eventsFrom(socket: WebSocket): Promise<void> {
  const filter = { types: [], slots: [], text: '' }
  socket.send(
    JSON.stringify({ type: 'subscribe', protocol: PROTOCOL_VERSION, filter, rowsPerSecond: null, bytes: false }),
  )
  await new Promise<void>((resolve) => socket.on('message', (_, isBinary) => isBinary && resolve()))
}

/** The next text message of a kind, from now on. */
function next(socket: WebSocket, type: AgentMessage['type']): Promise<AgentMessage> {
  return new Promise((resolve) => {
    const hear = (data: unknown, isBinary: boolean) => {
      const message = isBinary ? null : (JSON.parse(String(data)) as AgentMessage)
      if (message?.type !== type) return
      socket.off('message', hear)
      resolve(message)
    }
    socket.on('message', hear)
  })
}

function command(socket: WebSocket, command: Command): Promise<AgentMessage> {
  const reply = next(socket, 'reply')
  socket.send(JSON.stringify({ type: 'command', id: 1, revision: null, command }))
  return reply
}

/** Seen, consumed and dropped, as the last line tells them. */
function sumsOf(stdout: string): number[] {
  const sums = /: ([\d,]+) seen, ([\d,]+) consumed, ([\d,]+) dropped/.exec(stdout)?.slice(1) ?? []
  return sums.map((text) => Number(text.replaceAll(',', '')))
}

/** Loaded before the agent: every thread that it starts does nothing, so that the start goes on for ever. */
const HANGING_THREADS = `data:text/javascript,${encodeURIComponent(`
  import threads from 'node:worker_threads'
  import { syncBuiltinESMExports } from 'node:module'
  const { Worker } = threads
  threads.Worker = class extends Worker {
    constructor() {
      super('setInterval(() => {}, 1000)', { eval: true })
    }
  }
  syncBuiltinESMExports()
`)}`

describe('the start', () => {
  it('prints the link with the token, and says loudly that the source is synthetic', async () => {
    const agent = await here.serve().ready()
    expect(agent.stdout).toMatch(/!{50}\nSYNTHETIC: what you will see is made up/)
    expect(agent.stdout).toMatch(/Ringside is open at http:\/\/127\.0\.0\.1:\d+\/#token=[A-Za-z0-9_-]{43}\n/)
    expect(await (await fetch(`http://127.0.0.1:${agent.port}/healthz`)).text()).toBe('ok')
  })

  it('leaves a record that only its owner can read', async () => {
    const agent = await here.serve().ready()
    expect(record()).toMatchObject({ pid: agent.pid, port: agent.port, token: agent.token, selfTest: null })
    expect(statSync(join(here.path, 'agent.json')).mode & 0o777).toBe(0o600)
    expect(statSync(here.path).mode & 0o777).toBe(0o700)
  })

  it('prints the link with the base path, and so does status', async () => {
    const agent = await here.serve('--base-path', '/ops/ringside').ready()
    const link = `http://127.0.0.1:${agent.port}/ops/ringside/#token=${agent.token}\n`
    expect(agent.stdout).toContain(`Ringside is open at ${link}`)
    expect((await here.run('status', '--link').ended).stdout).toBe(link)
  })

  it('says which port is taken, and what to do', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await here.run('serve', '--source', 'synthetic', '--port', String(port)).ended
    other.close()
    expect(code).toBe(1)
    expect(stderr).toContain(`Port ${port} is taken.\nTo mend this: choose another with --port`)
  })

  it('in a run directory that others may write is refused in words', async () => {
    chmodSync(here.path, 0o777)
    const { code, stderr } = await here.serve().ended
    expect(code).toBe(1)
    expect(stderr).toContain(`${here.path} may be written by others; set RINGSIDE_RUN_DIR to a folder of yours`)
  })

  it.each([
    [['--port', '70000'], 'a port is a number'],
    [['--debug', '5000'], 'Take 8 KiB'],
    [['--debug', 'much'], 'a size looks like'],
    [['--hot', '3M'], 'Take 2 MiB or 4 MiB'],
    [['--layout', 'single', '--normal', '4K'], '--normal with --layout single: 4 KiB is less than 8 KiB'],
    [['--layout', 'magic'], 'Allowed choices'],
    [['--transport', 'magic'], 'Allowed choices'],
    [['--public-url', 'ftp://x'], 'a public URL looks like'],
    [['--base-path', '/a/../b'], 'a base path looks like'],
    [['--trusted-proxy', 'localhost'], 'neither an IP address nor a subnet'],
    [['--source', 'magic'], 'Allowed choices'],
  ])('%j is refused in words', async (args, text) => {
    const { code, stderr } = await here.serve(...args).ended
    expect(code).toBe(1)
    expect(stderr).toContain(text)
  })
})

describe('[D4] layouts', () => {
  const status = async () => JSON.parse((await here.run('status', '--json').ended).stdout) as Status
  const capacities = ({ slots }: Status) =>
    Object.fromEntries(slots.map(({ name, capacityBytes }) => [name, capacityBytes]))

  it.each([
    ['single', { normal: 16 * MIB }],
    ['priority', { critical: MIB, normal: 8 * MIB, debug: 8 * MIB }],
    ['subsystem', { process: MIB, file: 8 * MIB, network: 8 * MIB, syscall: 8 * MIB }],
    ['hot-cold', { hot: 16 * MIB, cold: MIB }],
  ] as const)('%s has these buffers at the start', async (layout, buffers) => {
    await here.serve('--layout', layout).ready()
    const now = await status()
    expect(now.layout).toBe(layout)
    expect(capacities(now)).toEqual(buffers)
  })

  it('take the capacities that were given for the slots that they use', async () => {
    await here.serve('--layout', 'hot-cold', '--hot', '2M', '--debug', '64K').ready()
    expect(capacities(await status())).toEqual({ hot: 2 * MIB, cold: MIB })
  })

  it('are switched under load and no event finds none, and what was given for a slot counts when it comes into use', async () => {
    const agent = await here.serve('--synthetic-rate', '50000', '--hot', '4M').ready()
    const socket = await connect(agent)
    await eventsFrom(socket)
    expect(await command(socket, { op: 'layout', preset: 'hot-cold' })).toMatchObject({ ok: true })
    // Buffers are told with health, once a second.
    const shown = async (buffer: Partial<StatusSlot>) =>
      vi.waitFor(async () => expect((await status()).slots).toContainEqual(expect.objectContaining(buffer)), {
        timeout: 8000,
      })
    await shown({ name: 'hot', capacityBytes: 4 * MIB, parts: 1 })
    expect((await status()).layout).toBe('hot-cold')
    expect(await command(socket, { op: 'shard', slot: 'hot', sharding: 'cpu' })).toMatchObject({ ok: true })
    await shown({ name: 'hot', capacityBytes: 4 * MIB, parts: 4 })
    // The synthetic source has bursts that fill a buffer: what may not be is an event that found none.
    const { slots, laws } = await status()
    expect(laws.filter(({ verdict }) => verdict === 'violated')).toEqual([])
    for (const { types } of slots) for (const { droppedBy } of types) expect(droppedBy.noReader).toBe(0)
    const { stdout } = await agent.signal('SIGTERM')
    const [seen = 0, consumed = 0, dropped = 0] = sumsOf(stdout)
    expect(seen).toBeGreaterThan(0)
    expect(seen).toBe(consumed + dropped)
  }, 20_000)
})

it('what is counted in tables is told once a second, and volume with it', async () => {
  const socket = await connect(await here.serve('--synthetic-rate', '20000').ready())
  const told = next(socket, 'tables')
  expect(await command(socket, { op: 'mode', eventType: 'packet', mode: 'aggregate' })).toMatchObject({ ok: true })
  const first = (await told) as Tables
  expect(first.types).toEqual(['packet'])
  const tables = (await next(socket, 'tables')) as Tables
  expect(tables.intervalMs).toBeLessThan(2000)
  expect(tables.connections.packets).toBeGreaterThan(0)
  expect(tables.volume.instead.events).toBeGreaterThan(first.volume.instead.events)
  socket.terminate()
})

describe('[RNG-7] a second agent', () => {
  it('exits with code 75 within 1 s, and names the first; that one goes on', async () => {
    const first = await here.serve().ready()
    const { code, stderr, milliseconds } = await here.serve().ended
    expect(code).toBe(75)
    expect(milliseconds).toBeLessThan(1000)
    expect(stderr).toContain(`pid ${first.pid}, http://127.0.0.1:${first.port}/`)
    expect((await fetch(`http://127.0.0.1:${first.port}/healthz`)).ok).toBe(true)
  })

  it('may start when the first was killed', async () => {
    const first = await here.serve().ready()
    await first.signal('SIGKILL')
    expect(existsSync(join(here.path, 'agent.json'))).toBe(true)
    const second = await here.serve().ready()
    expect(record().pid).toBe(second.pid)
  })

  it('and a third and a fourth at the same time: one runs', async () => {
    const all = [here.serve(), here.serve(), here.serve(), here.serve()]
    const results = await Promise.all(
      all.map((agent) =>
        agent.ready().then(
          () => 'runs',
          () => agent.ended.then(({ code }) => code),
        ),
      ),
    )
    expect(results.sort()).toEqual([75, 75, 75, 'runs'])
  })

  it('in another run directory is none', async () => {
    await here.serve().ready()
    const there = new RunDir()
    await there.serve().ready()
    await there.clear()
  })
})

describe('[LIF-5] the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s has exit code 0 within 3 s, and a last line', async (signal) => {
    const agent = await here.serve().ready()
    const start = performance.now()
    const { code, stdout } = await agent.signal(signal)
    expect(performance.now() - start).toBeLessThan(3000)
    expect(code).toBe(0)
    expect(stdout).toMatch(/Stopped after .*: [\d,]+ seen, [\d,]+ consumed, 0 dropped; complete\.\n$/)
    expect(existsSync(join(here.path, 'agent.json'))).toBe(false)
  })

  it('drains: what was seen was consumed', async () => {
    const agent = await here.serve('--synthetic-rate', '50000').ready()
    const socket = await connect(agent)
    await eventsFrom(socket)
    const { code, stdout } = await agent.signal('SIGTERM')
    const [seen, consumed] = sumsOf(stdout)
    expect(seen).toBeGreaterThan(0)
    expect(consumed).toBe(seen)
    expect(code).toBe(0)
  })

  it('is the same when nobody reads the terminal any more', async () => {
    const agent = await here.serve().ready()
    agent.child.stdout?.destroy()
    agent.child.stderr?.destroy()
    expect((await agent.signal('SIGTERM')).code).toBe(0)
    expect(existsSync(join(here.path, 'agent.json'))).toBe(false)
  })

  it('comes in time in the middle of a start, too', async () => {
    const agent = here.runWith({ NODE_OPTIONS: `--import=${HANGING_THREADS}` }, 'serve', '--source', 'synthetic')
    await vi.waitFor(() => expect(existsSync(join(here.path, 'lock'))).toBe(true), 5000)
    const start = performance.now()
    const { code, stdout } = await agent.signal('SIGTERM')
    expect(performance.now() - start).toBeLessThan(3000)
    expect(code).toBe(0)
    expect(stdout).toBe('Stopped before the start was over.\n')
  })

  it('does not wait for a refused upgrade whose peer holds on', async () => {
    const agent = await here.serve().ready()
    const socket = connectTcp({ port: agent.port, host: '127.0.0.1', allowHalfOpen: true })
    const answered = new Promise((resolve) => socket.once('data', resolve))
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: localhost:${agent.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
    )
    await answered
    const { code } = await agent.signal('SIGTERM')
    expect(code).toBe(0)
    socket.destroy()
  })

  it('is told to clients with 1001', async () => {
    const agent = await here.serve().ready()
    const socket = await connect(agent)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    agent.child.kill('SIGTERM')
    expect(await closed).toBe(1001)
  })

  it('does not wait for a client that never reads', async () => {
    const agent = await here.serve().ready()
    const socket = await connect(agent)
    socket.pause()
    const start = performance.now()
    const { code } = await agent.signal('SIGTERM')
    expect(code).toBe(0)
    expect(performance.now() - start).toBeLessThan(3000)
    socket.terminate()
  })
})

it('[PRV-4] SIGUSR1 opens no debugger', async () => {
  const agent = await here.serve().ready()
  agent.child.kill('SIGUSR1')
  const socket = await connect(agent)
  await new Promise((resolve) => socket.once('message', resolve))
  const { stderr } = await agent.signal('SIGTERM')
  expect(stderr).toBe('')
})
