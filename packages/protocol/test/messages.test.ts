/** Text messages: what is taken in on either side, and what is refused with which error. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAgentMessage, parsePageMessage } from '../src/parse.ts'
import { everyAgentMessage, everyPageMessage, filter } from './every-message.ts'
import { healthOf, helloOf } from './messages-fixture.ts'

function named<T extends { type: string }>(messages: T[]): [string, T][] {
  return messages.map((message, index) => [`${index} ${message.type}`, message])
}

const command = (command: unknown) => ({ type: 'command', id: 1, revision: null, command })
const rule = (rule: unknown) => ({ op: 'filters', rules: [rule] })

describe('messages', () => {
  it.each(named(everyAgentMessage))('[MSG1] the page takes in %s', (_, message) => {
    expect(parseAgentMessage(JSON.stringify(message))).toEqual({ ok: true, value: message })
    expect(parsePageMessage(JSON.stringify(message))).toMatchObject({ ok: false, code: 'shape' })
  })

  it.each(named(everyPageMessage))('[MSG1] the agent takes in %s', (_, message) => {
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
    [
      'a filter with more rules than the kernel has places',
      command({ op: 'filters', rules: new Array(9).fill({ field: 'uid', not: true, value: 0 }) }),
    ],
    ['a name longer than the kernel keeps', command(rule({ field: 'comm', not: false, value: 'ßßßßßßßß' }))],
    ['a name that ends early', command(rule({ field: 'comm', not: false, value: 'a\0b' }))],
    ['a control group outside of the hierarchy', command(rule({ field: 'cgroup', not: false, value: '/a/../../etc' }))],
    ['a relative control group', command(rule({ field: 'cgroup', not: false, value: 'system.slice' }))],
    ['a uid that 32 bits cannot hold', command(rule({ field: 'uid', not: false, value: 2 ** 32 }))],
    ['a layout that does not exist', command({ op: 'layout', preset: 'custom' })],
    ['routes of nothing', command({ op: 'routes', routes: [] })],
    ['a version that a header cannot hold', command({ op: 'version', eventType: 'exec', version: 16 })],
    ['a window of more than a second', command({ op: 'order', mode: 'time', windowMs: 1001 })],
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
