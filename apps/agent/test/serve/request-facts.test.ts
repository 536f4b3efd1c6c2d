/** SEC-8: what a proxy says counts when it is a trusted one, and not else. */
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { parseBasePath, stripBasePath } from '../../src/serve/base-path.ts'
import { type Doors, factsOf, parseProxies } from '../../src/serve/request-facts.ts'

const doors: Doors = {
  trustedProxies: parseProxies(['127.0.0.1', '10.0.0.0/8']),
  publicUrls: [
    new URL('https://ops.example.org/ringside/'),
    new URL('https://ops.example.org/ringside/two'),
    new URL('http://plain.example.org/here'),
  ],
  basePath: '',
}

function facts(peer: string, headers: Record<string, string>, url = '/') {
  const request = { url, headers: { host: 'localhost:7070', ...headers }, socket: { remoteAddress: peer } }
  return factsOf(request as unknown as IncomingMessage, doors)
}

const FORWARDED = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-prefix': '/ops/ringside',
}

describe('[SEC-8] X-Forwarded-*', () => {
  it('of a trusted proxy is taken', () => {
    expect(facts('127.0.0.1', FORWARDED)).toMatchObject({
      peer: '203.0.113.9',
      trusted: true,
      protocol: 'https',
      basePath: '/ops/ringside',
    })
  })

  it('of anybody else changes nothing', () => {
    expect(facts('192.0.2.7', FORWARDED)).toEqual(facts('192.0.2.7', {}))
  })

  it('names the right-most hop that is no trusted proxy', () => {
    const chain = (text: string) => facts('127.0.0.1', { 'x-forwarded-for': text }).peer
    expect(chain('6.6.6.6, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9')
    expect(chain('10.1.2.3')).toBe('127.0.0.1')
    expect(chain('203.0.113.9, junk')).toBe('127.0.0.1')
  })

  it('with a prefix that is none is not taken', () => {
    for (const prefix of ['no-slash', '/a"b', '/a/../b', '/<script>', '//evil.example']) {
      expect(facts('127.0.0.1', { 'x-forwarded-prefix': prefix }).basePath).toBe('')
    }
  })

  it('an IPv4 peer of an IPv6 socket is the same peer', () => {
    expect(facts('::ffff:127.0.0.1', FORWARDED).trusted).toBe(true)
  })
})

describe('the base path', () => {
  it('is that of the public URL by which the server was called', () => {
    const called = (url: string) => facts('192.0.2.7', { host: 'ops.example.org' }, url)
    expect(called('/ringside/ws')).toMatchObject({ basePath: '/ringside', path: '/ws', protocol: 'https' })
    expect(called('/ringside/two/ws')).toMatchObject({ basePath: '/ringside/two', path: '/ws' })
    expect(called('/ws')).toMatchObject({ basePath: '/ringside', path: '/ws' })
  })

  it.each([
    ['ops.example.org:443', '/ringside', 'https'],
    ['OPS.example.org', '/ringside', 'https'],
    ['plain.example.org:80', '/here', 'http'],
    ['ops.example.org:444', '', 'http'],
  ])('of %s is %j by %s: the port of the scheme may be written out', (host, basePath, protocol) => {
    expect(facts('192.0.2.7', { host })).toMatchObject({ basePath, protocol })
  })

  it('is empty for somebody who comes straight to the port', () => {
    expect(facts('192.0.2.7', {}, '/ws?x=1')).toMatchObject({ basePath: '', path: '/ws', protocol: 'http' })
  })

  it.each([
    ['', ''],
    ['/', ''],
    ['/a/b.c~d_e-f/', '/a/b.c~d_e-f'],
    ['a', null],
    ['/a b', null],
    ['/..', null],
    ['/a//b', null],
    ['/a%2fb', null],
  ])('%s is read as %s', (text, path) => {
    expect(parseBasePath(text)).toBe(path)
  })

  it('is taken off where it stands, and only as whole segments', () => {
    expect(['/x', '/x/', '/x/ws', '/xy', '/ws'].map((path) => stripBasePath(path, '/x'))).toEqual([
      '/',
      '/',
      '/ws',
      '/xy',
      '/ws',
    ])
  })
})

it('a proxy is an address or a subnet', () => {
  for (const text of ['localhost', '10.0.0.0/33', '10.0.0.0/x', '::1/129', '']) {
    expect(() => parseProxies([text])).toThrow('neither an IP address nor a subnet')
  }
})
