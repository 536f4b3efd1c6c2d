/** SEC-2, SEC-3: which Host and Origin get in, as a table. */
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { allowListOf, refusalOf } from '../../src/serve/guard.ts'

const allowed = allowListOf(7070, [new URL('https://ops.example.org/ringside'), new URL('http://box.lan:8080')])

function request(headers: Record<string, string>, method = 'GET', url = '/'): IncomingMessage {
  const rawHeaders = Object.entries(headers).flat()
  return { method, url, headers, rawHeaders } as unknown as IncomingMessage
}

function statusOf(headers: Record<string, string>, method?: string, url?: string): number {
  return refusalOf(request(headers, method, url), allowed)?.status ?? 200
}

describe('[SEC-2] Host', () => {
  it.each([
    ['localhost:7070', 200],
    ['LOCALHOST:7070', 200],
    ['127.0.0.1:7070', 200],
    ['[::1]:7070', 200],
    ['ops.example.org', 200],
    ['ops.example.org:443', 200],
    ['box.lan:8080', 200],
    ['box.lan', 421],
    ['localhost', 421],
    ['localhost:7071', 421],
    ['127.0.0.2:7070', 421],
    ['localhost.:7070', 421],
    ['evil.example:7070', 421],
    ['localhost:7070.evil.example', 421],
    ['x.ops.example.org', 421],
    ['ops.example.org:444', 421],
    ['0x7f.1:7070', 421],
    ['', 421],
  ])('%s → %i', (host, status) => {
    expect(statusOf({ host })).toBe(status)
  })

  it('is refused when there are two, or none', () => {
    const two = { ...request({ host: 'localhost:7070' }) } as IncomingMessage
    two.rawHeaders = ['Host', 'localhost:7070', 'host', 'evil.example']
    expect(refusalOf(two, allowed)?.status).toBe(400)
    expect(statusOf({})).toBe(400)
  })
})

describe('[SEC-3] Origin', () => {
  const host = 'localhost:7070'
  const bearer = { authorization: 'Bearer abc' }

  it.each([
    ['http://localhost:7070', 200],
    ['http://127.0.0.1:7070', 200],
    ['https://ops.example.org', 200],
    ['http://box.lan:8080', 200],
    ['https://localhost:7070', 403],
    ['http://ops.example.org', 403],
    ['http://localhost', 403],
    ['http://localhost:7071', 403],
    ['http://localhost:7070.evil.example', 403],
    ['null', 403],
    ['', 403],
  ])('%s → %i, for a POST and for an upgrade', (origin, status) => {
    expect(statusOf({ host, origin }, 'POST')).toBe(status)
    expect(statusOf({ host, origin, upgrade: 'websocket' })).toBe(status)
  })

  it('may be absent with a Bearer token only', () => {
    expect(statusOf({ host }, 'POST')).toBe(403)
    expect(statusOf({ host, upgrade: 'websocket' })).toBe(403)
    expect(statusOf({ host, ...bearer }, 'POST')).toBe(200)
    expect(statusOf({ host, upgrade: 'websocket', ...bearer })).toBe(200)
  })

  it('may not be absent with what is no Bearer token, since a cookie could stand beside it', () => {
    for (const authorization of ['Bearer ju$nk', 'Bearer ', 'Bearer a b', 'bearer abc', 'Basic abc', '']) {
      expect(statusOf({ host, upgrade: 'websocket', authorization })).toBe(403)
    }
  })

  it('a wrong one is refused with a Bearer token too', () => {
    expect(statusOf({ host, origin: 'http://evil.example', ...bearer }, 'POST')).toBe(403)
  })

  it('of a GET says nothing: it changes nothing, and the answer cannot be read elsewhere', () => {
    expect(statusOf({ host, origin: 'http://evil.example' })).toBe(200)
  })
})

it('other methods and targets are refused', () => {
  const host = 'localhost:7070'
  expect(['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'].map((method) => statusOf({ host }, method))).toEqual(
    Array(5).fill(405),
  )
  expect(statusOf({ host }, 'GET', 'http://evil.example/')).toBe(400)
})
