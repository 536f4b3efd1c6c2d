/** The door as browsers, programs and strangers meet it: real sockets on loopback. */
import { readFileSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { type Fates, type Health, PREFIX_BYTES, parseAgentMessage } from '@ringside/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultSettings } from '../../src/control/settings.ts'
import { Client } from '../../src/serve/client.ts'
import { FakeSocket } from './fake-socket.ts'
import {
  batch,
  createHub,
  fates,
  health,
  type Page,
  type SmallAgent,
  SUBSCRIBE,
  startSmallAgent,
  TOKEN,
  tables,
} from './small-agent.ts'

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A'

let agent: SmallAgent
let origin: string

beforeEach(async () => {
  agent = await startSmallAgent()
  origin = agent.url('')
})
afterEach(() => agent.close())

function post(path: string, body: unknown, headers: Record<string, string> = { origin }): Promise<Response> {
  return fetch(agent.url(path), { method: 'POST', body: JSON.stringify(body), headers })
}

async function login(): Promise<string> {
  const response = await post('/api/session', { token: TOKEN })
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

async function subscribed(page: Page): Promise<number> {
  const before = agent.told.length
  page.send(SUBSCRIBE)
  await vi.waitFor(() => expect(agent.told.slice(before).some((message) => message.type === 'demands')).toBe(true))
  const demands = agent.told.findLast((message) => message.type === 'demands')
  return (demands?.type === 'demands' && demands.demands.at(-1)?.id) || 0
}

/** Resolves when everything that the page has sent so far has been taken in. */
async function answered(page: Page): Promise<void> {
  page.send({ type: 'command', id: 9, revision: null, command: { op: 'pause', on: true } })
  await vi.waitFor(() => expect(page.texts.some((message) => message.type === 'reply')).toBe(true))
}

describe('the session', () => {
  it('[SEC-5] is a cookie of this port, closed to scripts and other sites', async () => {
    const response = await post('/api/session', { token: TOKEN })
    expect(response.status).toBe(204)
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(new RegExp(`^ringside_${agent.port}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict$`))
  })

  it('lets in what shows it, and nothing else', async () => {
    const cookie = await login()
    expect((await fetch(agent.url('/api/session'), { headers: { cookie } })).status).toBe(204)
    expect((await fetch(agent.url('/api/session'))).status).toBe(401)
    expect((await fetch(agent.url('/api/session'), { headers: { cookie: `${cookie}x` } })).status).toBe(401)
  })

  it('[SEC-13] is not given for a wrong token, whose number is limited, and is given for the right one', async () => {
    for (let turn = 0; turn < 5; turn += 1) expect((await post('/api/session', { token: 'x' })).status).toBe(401)
    const response = await post('/api/session', { token: 'x' })
    expect(response.status).toBe(429)
    expect(await response.json()).toMatchObject({ code: 'too-many', hint: expect.stringMatching(/Try again in \d+ s/) })
    expect((await post('/api/session', { token: TOKEN })).status).toBe(204)
  })

  it('is not given for a body that is something else', async () => {
    expect((await post('/api/session', [])).status).toBe(400)
    expect((await post('/api/session', { token: 'x'.repeat(5000) })).status).toBe(413)
  })

  it('[SEC-3] is not given to another site', async () => {
    expect((await post('/api/session', { token: TOKEN }, { origin: 'http://evil.example' })).status).toBe(403)
    expect((await post('/api/session', { token: TOKEN }, { origin: 'null' })).status).toBe(403)
  })
})

describe('the API', () => {
  it('[SEC-14] tells a stranger whether it is well, and no more', async () => {
    const response = await fetch(agent.url('/healthz'))
    expect(await response.text()).toBe('ok')
    expect((await fetch(agent.url('/api/status'))).status).toBe(401)
  })

  it('tells what a proxy made of a request', async () => {
    const hello = await (await fetch(agent.url('/api/hello'))).json()
    const host = `127.0.0.1:${agent.port}`
    expect(hello).toEqual({
      name: 'ringside',
      basePath: '',
      host,
      protocol: 'http',
      peer: '127.0.0.1',
      trusted: false,
      upgrade: 'untried',
    })
  })

  it('notices a proxy that does not forward upgrades', async () => {
    expect((await fetch(agent.url('/ws'))).status).toBe(426)
    expect(await (await fetch(agent.url('/api/hello'))).json()).toMatchObject({ upgrade: 'dropped' })
    const page = await agent.connect()
    expect(await (await fetch(agent.url('/api/hello'))).json()).toMatchObject({ upgrade: 'forwarded' })
    page.socket.close()
  })

  it('[ST1] tells of every type that is routed, though nothing of it was seen', async () => {
    const seen = { ...fates('normal', 'exec'), seen: 4, submitted: 4 }
    agent.hear({ type: 'health', health: { ...health(1), fates: [seen] } })
    const response = await fetch(agent.url('/api/status'), { headers: { authorization: `Bearer ${TOKEN}` } })
    const { health: told } = (await response.json()) as { health: Health }
    const routed = Object.entries(defaultSettings().types).map(([type, { slot }]) => [slot, type])
    const pairs = told.fates.map((one: Fates) => [one.slot, one.type])
    expect(pairs).toEqual(expect.arrayContaining([...routed, ['normal', 'exec']]))
    expect(pairs).toHaveLength(routed.length + 1)
    expect(told.fates).toContainEqual(fates('debug', 'tick'))
    expect(told.fates).toContainEqual(seen)
  })

  it('gives health and controls for the token', async () => {
    agent.hear({ type: 'health', health: health(1) })
    const response = await fetch(agent.url('/api/status'), { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(await response.json()).toMatchObject({
      hello: { type: 'hello' },
      health: { number: 1 },
      control: { revision: 1 },
    })
  })

  it('sends its answers with the headers that keep them to itself', async () => {
    const { headers } = await fetch(agent.url('/api/hello'))
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('has no other address', async () => {
    expect((await fetch(agent.url('/api/debug'))).status).toBe(404)
  })
})

describe('an upgrade', () => {
  it('is refused before the handshake without a session', async () => {
    await expect(agent.connect({ origin })).rejects.toThrow('status 401')
    await expect(agent.connect({ authorization: 'Bearer wrong' })).rejects.toThrow('status 401')
  })

  it('[SEC-3] is refused before the handshake for another site, session or not', async () => {
    const cookie = await login()
    await expect(agent.connect({ cookie, origin: 'http://evil.example' })).rejects.toThrow('status 403')
    await expect(agent.connect({ cookie })).rejects.toThrow('status 403')
  })

  it('[SEC-3] is not let in by the cookie beside a token that is none, with Origin or without', async () => {
    const cookie = await login()
    await expect(agent.connect({ cookie, authorization: 'Bearer ju$nk' })).rejects.toThrow('status 403')
    await expect(agent.connect({ cookie, origin, authorization: 'Bearer ju$nk' })).rejects.toThrow('status 401')
  })

  it('may come with the password of a proxy in front, which says nothing here', async () => {
    const page = await agent.connect({ cookie: await login(), origin, authorization: 'Basic abc' })
    page.socket.close()
  })

  it('[SEC-2] is refused before the handshake under another name', async () => {
    const headers = { host: 'evil.example', authorization: `Bearer ${TOKEN}` }
    await expect(agent.connect(headers)).rejects.toThrow('status 421')
  })

  it('comes through with a cookie from the page itself', async () => {
    const page = await agent.connect({ cookie: await login(), origin })
    await vi.waitFor(() => expect(page.texts[0]).toMatchObject({ type: 'hello', clientId: 1 }))
    page.socket.close()
  })
})

describe('[WSX-5] refused upgrades', () => {
  let sockets: Socket[]
  beforeEach(() => {
    sockets = []
  })
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
  })

  /** Its end never closes the connection by itself. Resolves with what was answered when the agent has closed its own. */
  function knock(path: string): Promise<string> {
    const socket = connectTcp({ port: agent.port, host: '127.0.0.1', allowHalfOpen: true })
    sockets.push(socket)
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost:${agent.port}\r\nAuthorization: Bearer x\r\n` +
        'Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    )
    return new Promise((resolve) => {
      socket.on('error', () => resolve(answer))
      socket.on('end', () => resolve(answer))
    })
  }

  it.each(['/ws', '/else'])('of %s leave nothing open, however long their peers hold on', async (path) => {
    const answers: string[] = []
    for (let turn = 0; turn < 300; turn += 1) answers.push(await knock(path))
    expect(answers[0]).toMatch(/^HTTP\/1\.1 40[14] /)
    expect((await fetch(agent.url('/healthz'))).status).toBe(200)
  })

  it('do not keep the agent from its end', async () => {
    await knock('/ws')
    const start = performance.now()
    await agent.close()
    expect(performance.now() - start).toBeLessThan(500)
  })

  it('in great number do not lock out who has a session', async () => {
    const cookie = await login()
    await Promise.all(Array.from({ length: 60 }, () => knock('/ws')))
    const page = await agent.connect({ cookie, origin })
    page.socket.close()
  })

  it('[WSX-6] good ones are limited too: 40 at once', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 60 }, () =>
        agent.connect().then(
          (page) => page.socket.terminate(),
          (error: Error) => error.message,
        ),
      ),
    )
    expect(statuses.filter((status) => status === 'status 429').length).toBeGreaterThan(10)
  })
})

describe('a connection', () => {
  it('starts with hello, controls and the latest state', async () => {
    agent.hear({ type: 'health', health: health(4) })
    agent.hear({ type: 'fill', timeMs: 1, slots: [{ slot: 2, capacityBytes: 8, usedBytes: 1, highWaterBytes: 2 }] })
    const page = await agent.connect()
    await vi.waitFor(() => expect(page.texts).toHaveLength(4))
    expect(page.texts.map((message) => message.type)).toEqual(['hello', 'control', 'health', 'fill'])
    expect(page.texts[0]).toMatchObject({ transport: 'ring', transportReason: null })
    expect(page.texts[2]).toMatchObject({ number: 4, client: { id: 1, matched: 0 }, clients: 1 })
    expect(page.texts[3]).toMatchObject({ epoch: 'e', slots: [{ slot: 'debug', usedBytes: 1 }] })
    page.socket.close()
  })

  it('is told of tables, malformed records and comparisons: what was told last at once, and what is new', async () => {
    agent.hub.tablesTaken(tables(1))
    agent.hub.tablesTaken(tables(2))
    agent.hear({ type: 'malformed', malformed: { type: 'malformed', epoch: 'e', timeMs: 1, total: 3, samples: [] } })
    agent.hub.comparisonChanged({ type: 'comparison', state: 'running', text: 'ring', timeMs: 1, runs: [] })
    const page = await agent.connect()
    await vi.waitFor(() => expect(page.texts).toHaveLength(5))
    expect(page.texts.slice(2)).toMatchObject([
      { type: 'tables', timeMs: 2 },
      { type: 'malformed', total: 3 },
      { type: 'comparison', state: 'running' },
    ])
    agent.hub.comparisonChanged({ type: 'comparison', state: 'done', text: '', timeMs: 2, runs: [] })
    await vi.waitFor(() => expect(page.texts.at(-1)).toMatchObject({ type: 'comparison', state: 'done' }))
    for (const text of page.texts) expect(parseAgentMessage(JSON.stringify(text))).toMatchObject({ ok: true })
    page.socket.close()
  })

  it('that is slow is told the newest tables, not those between', () => {
    const socket = new FakeSocket()
    const hub = createHub({})
    hub.add(new Client(1, socket))
    for (const timeMs of [1, 2, 3, 4]) hub.tablesTaken(tables(timeMs))
    socket.flush()
    const told = socket.texts.map((text) => JSON.parse(text)).filter(({ type }) => type === 'tables')
    expect(told.map(({ timeMs }) => timeMs)).toEqual([1, 4])
  })

  it('shares one demand with others that ask for the same, and lets go of it at its end', async () => {
    const [one, two] = [await agent.connect(), await agent.connect()]
    await subscribed(one)
    two.send(SUBSCRIBE)
    await answered(two)
    const sets = agent.told.flatMap((message) => (message.type === 'demands' ? [message.demands] : []))
    expect(sets).toHaveLength(2)
    expect(sets[1]).toEqual(sets[0])
    one.socket.close()
    await one.closed
    two.socket.close()
    await vi.waitFor(() => expect(agent.told.at(-1)).toMatchObject({ type: 'demands', demands: [] }))
  })

  it.each([undefined, 1, '2', null])(
    '[HS2] that subscribes in protocol %j is refused, and told both numbers',
    async (protocol) => {
      const page = await agent.connect()
      page.send({ ...SUBSCRIBE, protocol })
      expect(await page.closed).toBe(1007)
      expect(page.texts.at(-1)).toMatchObject({
        type: 'refusal',
        code: 'version',
        message: expect.stringContaining('this one speaks 2'),
      })
      expect(agent.told).toEqual([])
    },
  )

  it('gets its batches, and ingest its credit back', async () => {
    const page = await agent.connect()
    const demand = await subscribed(page)
    agent.hear({ type: 'published', publications: [batch(demand, 10, 100)] })
    await vi.waitFor(() => expect(page.frames).toHaveLength(1))
    expect(page.frames[0]).toHaveLength(PREFIX_BYTES + 100)
    expect(agent.told.at(-1)).toEqual({ type: 'credit' })
    page.socket.close()
  })

  it('[WSX-8] ends with a malformed message, and no other one does', async () => {
    const [bad, good] = [await agent.connect(), await agent.connect()]
    bad.send('{"type":"subscribe"')
    expect(await bad.closed).toBe(1007)
    expect(bad.texts.at(-1)).toMatchObject({ type: 'refusal', code: 'json' })
    const binary = await agent.connect()
    binary.socket.send(Buffer.from('x'))
    expect(await binary.closed).toBe(1003)
    const large = await agent.connect()
    large.send('x'.repeat(17_000))
    expect(await large.closed).toBe(1009)
    good.send({ type: 'command', id: 1, revision: null, command: { op: 'pause', on: true } })
    await vi.waitFor(() => expect(good.texts.at(-1)).toMatchObject({ type: 'reply', id: 1, ok: true }))
    good.socket.close()
  })

  it('[WSX-7] is told that its command is none, and goes on', async () => {
    const page = await agent.connect()
    page.send({ type: 'command', id: 5, revision: null, command: { op: 'reboot' } })
    await vi.waitFor(() => expect(page.texts.at(-1)).toMatchObject({ type: 'reply', id: 5, ok: false }))
    expect(page.socket.readyState).toBe(page.socket.OPEN)
    page.socket.close()
  })

  it('[WSX-7] may ask for ten commands at once, and then for five a second', async () => {
    const page = await agent.connect()
    for (let id = 1; id <= 12; id += 1)
      page.send({ type: 'command', id, revision: null, command: { op: 'pause', on: true } })
    const replies = () => page.texts.filter((message) => message.type === 'reply')
    await vi.waitFor(() => expect(replies()).toHaveLength(12))
    expect(replies().filter((message) => message.ok)).toHaveLength(10)
    page.socket.close()
  })

  it('[WSX-2] beyond the 32nd is told why, and closed', async () => {
    const pages: Page[] = []
    for (let turn = 0; turn < 32; turn += 1) pages.push(await agent.connect())
    const late = await agent.connect()
    expect(await late.closed).toBe(1013)
    expect(late.texts).toMatchObject([{ type: 'refusal', code: 'full' }])
    for (const page of pages) page.socket.terminate()
  })

  it('is told why, when the agent cannot go on', async () => {
    const page = await agent.connect()
    await answered(page)
    agent.hub.refuseAll({ code: 'failed', message: 'the ingest thread ended', hint: 'Start it again.' }, 1011)
    expect(await page.closed).toBe(1011)
    expect(page.texts.at(-1)).toEqual({
      type: 'refusal',
      code: 'failed',
      message: 'the ingest thread ended',
      hint: 'Start it again.',
    })
  })

  it('[LIF-5] is closed with 1001 when the agent stops', async () => {
    const page = await agent.connect()
    await agent.close()
    expect(await page.closed).toBe(1001)
  })
})

it('[D9] a client that never reads costs another one nothing, and is accounted for', async () => {
  const stalled = await agent.connect()
  const demand = await subscribed(stalled)
  stalled.socket.pause()
  const page = await agent.connect()
  page.send(SUBSCRIBE)
  await answered(page)
  page.socket.on('message', (data, isBinary) => {
    if (!isBinary) return
    const ack = { type: 'ack', frame: (data as Buffer).readUInt32LE(8) }
    page.send(ack)
    // It says that it has read, and has not: its credit never ends, and its socket's room does.
    stalled.send(ack)
  })
  for (let turn = 1; turn <= 200; turn += 1) {
    agent.hear({ type: 'published', publications: [batch(demand, 100, 100_000)] })
    await vi.waitFor(() => expect(page.frames.length).toBe(turn), { interval: 1, timeout: 250 })
  }
  agent.hear({ type: 'health', health: health(1) })
  const { health: told } = await agent.hub.status()
  const laws = told.laws.filter((law) => law.scope.startsWith('client'))
  expect(laws).toMatchObject([
    { scope: 'client 1', left: 20_000, difference: 0 },
    { scope: 'client 2', left: 20_000, difference: 0, text: expect.stringContaining('skipped 0') },
  ])
  const numbers = /skipped ([\d,]+) \+ queued ([\d,]+)/.exec(laws[0]?.text ?? '') ?? []
  const [skipped, queued] = numbers.slice(1).map((text) => Number(text.replaceAll(',', '')))
  expect(skipped).toBeGreaterThan(0)
  // Under the cap: ten batches are 1 MB, and eleven would be more than 1 MiB.
  expect(queued).toBeGreaterThan(0)
  expect(queued).toBeLessThanOrEqual(1000)
  stalled.socket.terminate()
  page.socket.close()
})

it('[WSX-5] a header that does not end is not waited for without a limit in size', async () => {
  const socket = connectTcp(agent.port, '127.0.0.1')
  const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
  socket.on('error', () => undefined)
  socket.write(`GET / HTTP/1.1\r\nHost: localhost:${agent.port}\r\nX: ${'x'.repeat(10_000)}`)
  expect(await answer).toContain(' 431 ')
  socket.destroy()
})

it('[SEC-1] listens on loopback and nowhere else', () => {
  const listeners = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state === LISTEN)
      .map(([, local = '']) => local.split(':'))
      .filter(([, port = '']) => Number.parseInt(port, 16) === agent.port)
      .map(([address]) => address),
  )
  expect(listeners).toEqual(['0100007F', '00000000000000000000000001000000'])
})

it('refuses a port that somebody else has', async () => {
  const { listen } = await import('../../src/serve/server.ts')
  const { BlockList } = await import('node:net')
  const doors = { trustedProxies: new BlockList(), publicUrls: [], basePath: '' }
  await expect(listen(agent.port, { token: TOKEN, doors, webFolder: '' })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
