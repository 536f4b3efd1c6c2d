/**
 * Who asks, through which door: the facts about one request that routing, guard and sessions share. What a proxy says
 * (X-Forwarded-*) counts only when the TCP peer is a trusted one.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { parseBasePath, stripBasePath } from './base-path.ts'
import { namesOf } from './guard.ts'

export interface RequestFacts {
  /** Address of the client, or of the proxy where that is not trusted. */
  peer: string
  /** The TCP peer is a trusted proxy. */
  trusted: boolean
  protocol: 'http' | 'https'
  host: string
  basePath: string
  /** Path below the base path, undecoded, without the query. */
  path: string
}

export interface Doors {
  trustedProxies: BlockList
  publicUrls: readonly URL[]
  /** Where neither a proxy nor a public URL says otherwise. */
  basePath: string
}

export function factsOf(request: IncomingMessage, doors: Doors): RequestFacts {
  const socketPeer = normalAddress(request.socket.remoteAddress ?? '')
  const trusted = isTrusted(socketPeer, doors.trustedProxies)
  const host = (request.headers.host ?? '').toLowerCase()
  const rawPath = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const publicUrl = publicUrlOf(host, rawPath, doors.publicUrls)
  const forwardedBase = trusted ? parseBasePath(header(request, 'x-forwarded-prefix') ?? '-') : null
  const publicBase = publicUrl === undefined ? null : parseBasePath(publicUrl.pathname)
  const basePath = forwardedBase ?? publicBase ?? doors.basePath
  const forwardedProtocol = trusted ? header(request, 'x-forwarded-proto')?.toLowerCase() : undefined
  const secure = forwardedProtocol === undefined ? publicUrl?.protocol === 'https:' : forwardedProtocol === 'https'
  return {
    peer: trusted ? clientBehind(request, doors.trustedProxies, socketPeer) : socketPeer,
    trusted,
    protocol: secure ? 'https' : 'http',
    host,
    basePath,
    path: stripBasePath(rawPath, basePath),
  }
}

/** A list of addresses and subnets ('10.0.0.0/8'). Throws with the text that is neither. */
export function parseProxies(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', bits] = text.split('/')
    const family = isIP(address)
    const prefix = bits === undefined ? null : Number(bits)
    const legal = prefix === null || (Number.isInteger(prefix) && prefix >= 0 && prefix <= (family === 4 ? 32 : 128))
    if (family === 0 || !legal) throw new Error(`'${text}' is neither an IP address nor a subnet such as 10.0.0.0/8`)
    const type = family === 4 ? 'ipv4' : 'ipv6'
    if (prefix === null) list.addAddress(address, type)
    else list.addSubnet(address, prefix, type)
  }
  return list
}

/** Several URLs may share a host: the one whose path leads the request's, else the first. */
function publicUrlOf(host: string, path: string, urls: readonly URL[]): URL | undefined {
  const same = urls.filter((url) => namesOf(url).includes(host))
  const leading = same.filter((url) => stripBasePath(path, url.pathname.replace(/\/+$/, '')) !== path)
  return leading.sort((a, b) => b.pathname.length - a.pathname.length)[0] ?? same[0]
}

/** The right-most hop that is not a trusted proxy itself. */
function clientBehind(request: IncomingMessage, proxies: BlockList, socketPeer: string): string {
  const chain = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
  for (const hop of chain.reverse()) {
    const address = normalAddress(hop.trim())
    if (isIP(address) === 0) break
    if (!isTrusted(address, proxies)) return address
  }
  return socketPeer
}

function isTrusted(address: string, proxies: BlockList): boolean {
  const family = isIP(address)
  return family !== 0 && proxies.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

function normalAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

/** The value set by the nearest hop: proxies add theirs at the end. */
function header(request: IncomingMessage, name: string): string | undefined {
  return [request.headers[name] ?? []].flat().join(',').split(',').at(-1)?.trim() || undefined
}
