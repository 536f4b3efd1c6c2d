/**
 * The exported page: read once, its placeholder base path replaced by the one in use. It knows files and bytes, no
 * sockets; whatever is asked for is looked up in a table, so that no path can lead out of the folder.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { BARE_POLICY, pagePolicy, SCRIPT_POLICY, SECURITY_HEADERS } from './content-policy.ts'

export const PLACEHOLDER = '/__RINGSIDE_BASE__'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}
const TEXT = new Set(['.html', '.js', '.css', '.txt', '.json', '.map', '.webmanifest', '.svg'])
/** Base paths whose rendering is kept: the configured ones, and a few that proxies name. */
const BASES_KEPT = 8
const HASH_CHARACTERS = 22

export interface StaticAnswer {
  status: 200 | 304 | 308 | 404 | 503
  headers: Record<string, string>
  body: Uint8Array | null
}

interface Rendered {
  bytes: Uint8Array
  headers: Record<string, string>
}

export class StaticSite {
  readonly #files = new Map<string, Buffer>()
  readonly #rendered = new Map<string, Map<string, Rendered>>()

  /** @param folder the export; where it does not exist, every answer says that the page has not been built */
  constructor(folder: string) {
    for (const file of filesOf(folder)) {
      this.#files.set(`/${relative(folder, file).split(sep).join('/')}`, readFileSync(file))
    }
  }

  get built(): boolean {
    return this.#files.has('/index.html')
  }

  /** @param path below the base path, undecoded @param query with its '?', or '' */
  answer(base: string, path: string, query: string, ifNoneMatch: string | undefined): StaticAnswer {
    if (!this.built) return NOT_BUILT
    const decoded = decode(path)
    const name = decoded.endsWith('/') ? `${decoded}index.html` : decoded
    const found = this.#render(base, name)
    if (found !== undefined) return { ...unlessSame(found, ifNoneMatch) }
    if (this.#files.has(`${decoded}/index.html`)) {
      const headers = { ...SECURITY_HEADERS, location: `${base}${path}/${query}`, 'cache-control': 'no-cache' }
      return { status: 308, headers, body: null }
    }
    const page = this.#render(base, '/404.html')
    if (page === undefined)
      return { status: 404, headers: plainHeaders(), body: Buffer.from('There is no such page.\n') }
    return { status: 404, headers: page.headers, body: page.bytes }
  }

  #render(base: string, name: string): Rendered | undefined {
    const pages = this.#pagesOf(base)
    const known = pages.get(name)
    if (known !== undefined) return known
    const raw = this.#files.get(name)
    if (raw === undefined) return undefined
    const rendered = render(name, raw, base)
    pages.set(name, rendered)
    return rendered
  }

  #pagesOf(base: string): Map<string, Rendered> {
    const pages = this.#rendered.get(base) ?? new Map<string, Rendered>()
    this.#rendered.delete(base)
    this.#rendered.set(base, pages)
    if (this.#rendered.size > BASES_KEPT) {
      const [oldest] = this.#rendered.keys()
      if (oldest !== undefined) this.#rendered.delete(oldest)
    }
    return pages
  }
}

function render(name: string, raw: Buffer, base: string): Rendered {
  const extension = extname(name)
  const replace = TEXT.has(extension) && raw.includes(PLACEHOLDER)
  const bytes = replace ? Buffer.from(raw.toString('utf8').replaceAll(PLACEHOLDER, base)) : raw
  // Names under _next/static carry a hash of the content, but not of the base path that was put into it.
  const immutable = name.startsWith('/_next/static/') && base === ''
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    'content-security-policy': policyOf(extension, bytes),
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, HASH_CHARACTERS)}"`,
    vary: 'x-forwarded-prefix',
  }
  return { bytes, headers }
}

function policyOf(extension: string, bytes: Uint8Array): string {
  if (extension === '.html') return pagePolicy(Buffer.from(bytes).toString('utf8'))
  return extension === '.js' ? SCRIPT_POLICY : BARE_POLICY
}

function unlessSame(page: Rendered, ifNoneMatch: string | undefined): StaticAnswer {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  const same = tags.includes(page.headers.etag ?? '')
  return { status: same ? 304 : 200, headers: page.headers, body: same ? null : page.bytes }
}

function filesOf(folder: string): string[] {
  let entries: { name: string; parentPath: string; isFile: () => boolean }[]
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  } catch {
    return []
  }
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function plainHeaders(): Record<string, string> {
  return {
    ...SECURITY_HEADERS,
    'content-security-policy': BARE_POLICY,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  }
}

const NOT_BUILT: StaticAnswer = {
  status: 503,
  headers: { ...plainHeaders(), 'content-type': 'text/html; charset=utf-8' },
  body: Buffer.from(
    '<!doctype html><html lang="en"><title>Ringside: the page has not been built</title>' +
      '<h1>The page has not been built</h1>' +
      '<p>The agent runs, but there is no page to show. In the checkout, run <code>npm run build</code>, ' +
      'then start the agent again.</p></html>\n',
  ),
}
