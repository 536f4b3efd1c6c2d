/** The exported page under a base path: replaced, hashed, cached, and nothing outside its folder. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PLACEHOLDER, StaticSite } from '../../src/serve/static.ts'

let folder: string
let site: StaticSite

const INLINE = `self.base = "${PLACEHOLDER}"`
const PAGE = `<html><script src="${PLACEHOLDER}/_next/static/a.js"></script><script>${INLINE}</script><style>p{}</style></html>`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringside-static-'))
  const write = (name: string, text: string | Uint8Array) => {
    mkdirSync(join(folder, 'out', name, '..'), { recursive: true })
    writeFileSync(join(folder, 'out', name), text)
  }
  write('index.html', PAGE)
  write('404.html', `<html><a href="${PLACEHOLDER}/">home</a></html>`)
  write('explorer/index.html', PAGE)
  write('_next/static/a.js', `fetch("${PLACEHOLDER}/api")`)
  write('_next/static/[b].js', '1')
  write('icon.png', Uint8Array.of(0x89, ...Buffer.from(PLACEHOLDER)))
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  site = new StaticSite(join(folder, 'out'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const get = (base: string, path: string, etag?: string) => site.answer(base, path, '', etag)
const textOf = (body: Uint8Array | null) => Buffer.from(body ?? []).toString()

describe('a page', () => {
  it.each(['', '/x', '/ops/ringside'])('is served under %s with the base path put in', (base) => {
    const { status, body, headers } = get(base, '/')
    expect(status).toBe(200)
    expect(textOf(body)).toBe(PAGE.replaceAll(PLACEHOLDER, base))
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
  })

  it('[SEC-9] allows the inline scripts that it has after the replacement, and no others', () => {
    const policy = get('/x', '/').headers['content-security-policy']
    const hash = createHash('sha256').update(INLINE.replace(PLACEHOLDER, '/x')).digest('base64')
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}'; `)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  })

  it('[SEC-9] is not sniffed, tells no referrer, and stays with its origin', () => {
    expect(get('', '/').headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
  })

  it('has a tag of its own for each base path, and is not sent twice', () => {
    const first = get('', '/').headers.etag
    expect(get('/x', '/').headers.etag).not.toBe(first)
    expect(get('', '/', first)).toMatchObject({ status: 304, body: null })
    expect(get('', '/', `W/${first}, "other"`)).toMatchObject({ status: 304 })
    expect(get('/x', '/', first).status).toBe(200)
  })

  it('is found without its slash', () => {
    expect(site.answer('/x', '/explorer', '?a=1', undefined)).toMatchObject({
      status: 308,
      headers: { location: '/x/explorer/?a=1' },
    })
  })

  it('that there is none of is the 404 page', () => {
    const { status, body } = get('/x', '/nothing/here')
    expect(status).toBe(404)
    expect(textOf(body)).toContain('href="/x/"')
  })
})

describe('a file', () => {
  it('is found by its escaped name', () => {
    expect(get('', '/_next/static/%5Bb%5D.js').status).toBe(200)
  })

  it('that is no text keeps its bytes', () => {
    expect(textOf(get('/x', '/icon.png').body)).toContain(PLACEHOLDER)
  })

  it('outside of the folder cannot be reached', () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%00', '/%']) {
      expect(get('', path).status).toBe(404)
    }
  })

  it('with a hash in its name is kept by the browser, unless a base path was put into it', () => {
    expect(get('', '/_next/static/a.js').headers['cache-control']).toContain('immutable')
    expect(get('/x', '/_next/static/a.js').headers['cache-control']).toBe('no-cache')
  })
})

it('where the page has not been built, that is what is said', () => {
  const { status, body } = new StaticSite(join(folder, 'nowhere')).answer('', '/', '', undefined)
  expect(status).toBe(503)
  expect(textOf(body)).toContain('npm run build')
})
