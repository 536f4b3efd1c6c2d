/** Text messages: what is taken in on either side, and what is refused with which error. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentMessage, PageMessage } from '../src/messages.ts'
import { parseAgentMessage, parsePageMessage } from '../src/parse.ts'
import { controlOf, healthOf, helloOf } from './messages-fixture.ts'

const fromAgent: AgentMessage[] = [
  helloOf(),
  healthOf(),
  healthOf({
    missed: null,
    client: {
      id: 1,
      matched: 9,
      sent: 5,
      thinned: 2,
      skipped: 1,
      queued: 1,
      withheld: 4,
      framesSent: 3,
      framesSkipped: 1,
    },
  }),
  {
    type: 'fill',
    epoch: 'e1',
    timeMs: 5,
    slots: [{ slot: 'debug', capacityBytes: 4096, usedBytes: 8, highWaterBytes: 80 }],
  },
  {
    type: 'top',
    epoch: 'e1',
    timeMs: 5,
    windowMs: 60_000,
    tables: {
      process: { total: 10.5, lost: 0, rows: [{ key: '1:sh', label: 'sh', id: 1, count: 10.5, error: 0 }] },
      syscall: { total: 0, lost: 0, rows: [] },
      file: { total: 0, lost: 0, rows: [] },
      remote: { total: 0, lost: 0, rows: [] },
    },
  },
  controlOf(),
  { type: 'reply', id: 1, ok: false, revision: 4, error: { code: 'stale', message: 'm', hint: 'h' } },
  { type: 'refusal', code: 'session', message: 'm', hint: 'h' },
]

const filter = { types: [], slots: [], text: '' }
const fromPage: PageMessage[] = [
  { type: 'subscribe', protocol: 2, filter, rowsPerSecond: 2000, bytes: false },
  {
    type: 'subscribe',
    protocol: 2,
    filter: { types: ['open'], slots: ['debug'], text: 'x' },
    rowsPerSecond: null,
    bytes: true,
  },
  { type: 'ack', frame: 12 },
  { type: 'command', id: 1, revision: null, command: { op: 'resize', slot: 'debug', bytes: 65_536 } },
  { type: 'command', id: 2, revision: 3, command: { op: 'sampling', eventType: 'syscall', rate: 0.1 } },
  { type: 'command', id: 3, revision: 3, command: { op: 'backpressure', slot: 'debug', on: true, watermark: 0.8 } },
  { type: 'command', id: 4, revision: 3, command: { op: 'enable', eventType: 'tcp', on: false } },
  { type: 'command', id: 5, revision: 3, command: { op: 'pause', on: true } },
  { type: 'command', id: 6, revision: 3, command: { op: 'showSelf', on: true } },
]

function named<T extends { type: string }>(messages: T[]): [string, T][] {
  return messages.map((message, index) => [`${index} ${message.type}`, message])
}

describe('messages', () => {
  it.each(named(fromAgent))('[MSG1] the page takes in %s', (_, message) => {
    expect(parseAgentMessage(JSON.stringify(message))).toEqual({ ok: true, value: message })
    expect(parsePageMessage(JSON.stringify(message))).toMatchObject({ ok: false, code: 'shape' })
  })

  it.each(named(fromPage))('[MSG1] the agent takes in %s', (_, message) => {
    expect(parsePageMessage(JSON.stringify(message))).toEqual({ ok: true, value: message })
    expect(parseAgentMessage(JSON.stringify(message))).toMatchObject({ ok: false, code: 'shape' })
  })

  it('[MSG2] what is not JSON is told apart', () => {
    for (const text of ['', '{', 'undefined', '{"type":"ack"']) {
      expect(parsePageMessage(text)).toMatchObject({ ok: false, code: 'json' })
      expect(parseAgentMessage(text)).toMatchObject({ ok: false, code: 'json' })
    }
  })

  it.each([
    ['an unknown type', { type: 'format-disk' }],
    ['no type', {}],
    ['null', null],
    [
      'a rate above 1',
      { type: 'command', id: 1, revision: null, command: { op: 'sampling', eventType: 'open', rate: 1.1 } },
    ],
    [
      'a slot that does not exist',
      { type: 'command', id: 1, revision: null, command: { op: 'resize', slot: 'x', bytes: 1 } },
    ],
    [
      'a fraction of a byte',
      { type: 'command', id: 1, revision: null, command: { op: 'resize', slot: 'debug', bytes: 0.5 } },
    ],
    ['a negative frame', { type: 'ack', frame: -1 }],
    [
      'a very long text',
      { type: 'subscribe', protocol: 2, filter: { ...filter, text: 'x'.repeat(201) }, rowsPerSecond: 1, bytes: false },
    ],
    [
      'too many types',
      {
        type: 'subscribe',
        protocol: 2,
        filter: { ...filter, types: new Array(99).fill('open') },
        rowsPerSecond: 1,
        bytes: false,
      },
    ],
  ])('[MSG2] the agent refuses %s, and names the place', (_, message) => {
    const parsed = parsePageMessage(JSON.stringify(message))
    expect(parsed).toMatchObject({ ok: false, code: 'shape' })
    if (!parsed.ok) expect(parsed.message).not.toBe('')
  })

  it('[MSG2] a counter that is no number is refused', () => {
    expect(parseAgentMessage(JSON.stringify(healthOf({ published: Number.NaN })))).toMatchObject({
      ok: false,
      code: 'shape',
      message: expect.stringContaining('published'),
    })
  })

  it('[MSG5] what the kernel does not tell is null, and stays null', () => {
    const parsed = parseAgentMessage(JSON.stringify(healthOf({ missed: null })))
    expect(parsed).toMatchObject({ ok: true, value: { missed: null } })
  })

  it('[MSG2] parsing is total', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parsePageMessage(text).ok).toBe(false)
        expect(parseAgentMessage(text).ok).toBe(false)
      }),
    )
  })

  it('[MSG3] fields that are not known are dropped, so that either side may grow', () => {
    expect(parsePageMessage('{"type":"ack","frame":1,"later":true}')).toEqual({
      ok: true,
      value: { type: 'ack', frame: 1 },
    })
  })

  const others = [1, 0, -1, 1.5, '1', null, {}, undefined]
  it.each(others)('[HS2] a first message of protocol %j is told apart, whatever else it holds', (protocol) => {
    const hello = { ...helloOf(), protocol, source: 'satellite' }
    const subscribe = { type: 'subscribe', protocol, filter: 'none' }
    for (const parsed of [parseAgentMessage(JSON.stringify(hello)), parsePageMessage(JSON.stringify(subscribe))]) {
      expect(parsed).toMatchObject({ ok: false, code: 'version', message: expect.stringContaining('speaks 2') })
      if (!parsed.ok && Number.isInteger(protocol)) expect(parsed.message).toContain(`protocol ${protocol}`)
    }
  })

  it('[HS2] only the first messages tell a version', () => {
    expect(parsePageMessage('{"type":"ack","frame":1,"protocol":7}')).toMatchObject({ ok: true })
  })
})
