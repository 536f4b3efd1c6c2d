/**
 * Which requests get in at all: exact names in Host, exact origins where state may change. Pure. It stops pages of
 * other sites (also those that rebind their name to a loopback address), not people: those show a token.
 */
import type { IncomingMessage } from 'node:http'
import type { Problem } from '../problem.ts'
import { bearerOf } from './session.ts'

export interface AllowList {
  hosts: ReadonlySet<string>
  origins: ReadonlySet<string>
}

export interface Refusal {
  status: 400 | 403 | 405 | 421
  problem: Problem
}

const METHODS = new Set(['GET', 'HEAD', 'POST'])
const DEFAULT_PORT = { 'http:': '80', 'https:': '443' } as const

/** The names of loopback at this port, and the public addresses. */
export function allowListOf(port: number, publicUrls: readonly URL[]): AllowList {
  const local = ['localhost', '127.0.0.1', '[::1]'].flatMap((name) => namesOf(new URL(`http://${name}:${port}`)))
  return {
    hosts: new Set([...local, ...publicUrls.flatMap(namesOf)]),
    origins: new Set([...local.map((host) => `http://${host}`), ...publicUrls.map((url) => url.origin)]),
  }
}

/** @returns null: let it in */
export function refusalOf(request: IncomingMessage, allowed: AllowList): Refusal | null {
  if (!METHODS.has(request.method ?? '')) return { status: 405, problem: METHOD }
  if (!(request.url ?? '').startsWith('/')) return { status: 400, problem: TARGET }
  if (countHeader(request, 'host') !== 1) return { status: 400, problem: HOST_COUNT }
  const host = (request.headers.host ?? '').toLowerCase()
  if (!allowed.hosts.has(host)) return { status: 421, problem: hostProblem(host) }
  const changesState = request.method === 'POST' || request.headers.upgrade !== undefined
  if (!changesState) return null
  const origin = request.headers.origin
  // The same reading as that of whoever looks at the token: what is none here must not be let in by a cookie there.
  const isProgram = bearerOf(request.headers.authorization) !== null
  if (origin === undefined) return isProgram ? null : { status: 403, problem: NO_ORIGIN }
  return allowed.origins.has(origin.toLowerCase()) ? null : { status: 403, problem: originProblem(origin) }
}

/** A URL's host with and without the port, where that is the protocol's own. */
export function namesOf(url: URL): string[] {
  const implied = DEFAULT_PORT[url.protocol === 'https:' ? 'https:' : 'http:']
  return url.port === '' ? [url.hostname, `${url.hostname}:${implied}`] : [url.host]
}

function countHeader(request: IncomingMessage, name: string): number {
  return request.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
}

const METHOD: Problem = { code: 'method', message: 'only GET, HEAD and POST are served', hint: 'See SPEC.md.' }
const TARGET: Problem = { code: 'target', message: 'the request names no path of this server', hint: 'See SPEC.md.' }
const HOST_COUNT: Problem = { code: 'host', message: 'a request has exactly one Host', hint: 'Look at the proxy.' }
const NO_ORIGIN: Problem = {
  code: 'origin',
  message: 'the request tells no Origin',
  hint: 'Programs send `Authorization: Bearer TOKEN` instead.',
}

function hostProblem(host: string): Problem {
  return {
    code: 'host',
    message: `'${host.slice(0, 200)}' is not a name of this server`,
    hint: 'Start the agent with --public-url URL for the address that people type.',
  }
}

function originProblem(origin: string): Problem {
  return {
    code: 'origin',
    message: `pages of '${origin.slice(0, 200)}' may not use this server`,
    hint: 'Start the agent with --public-url URL for the address that people type.',
  }
}
