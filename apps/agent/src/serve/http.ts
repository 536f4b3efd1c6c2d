/** What is answered to requests that the guard let in: the API, and the page for everything else. */
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { setCookie } from 'hono/cookie'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Problem } from '../problem.ts'
import { BARE_POLICY, SECURITY_HEADERS } from './content-policy.ts'
import type { RequestFacts } from './request-facts.ts'
import { bearerOf, cookieValues, NO_SESSION, type Sessions } from './session.ts'
import type { StaticSite } from './static.ts'
import type { UpgradeMemory } from './upgrade-memory.ts'

const BODY_MAX_BYTES = 4096

export interface AppOptions {
  port: number
  sessions: Sessions
  site: StaticSite
  upgrades: UpgradeMemory
  status: () => Promise<unknown>
  wellness: () => 'ok' | 'degraded'
}

export type AppEnv = { Bindings: { facts: RequestFacts } }

/** Routes are below the base path: the caller hands in requests whose URL has lost it. */
export function createApp(options: AppOptions): Hono<AppEnv> {
  const { sessions, site, upgrades } = options
  const app = new Hono<AppEnv>()
  const answerProblem = (c: Context<AppEnv>, status: ContentfulStatusCode, problem: Problem) => c.json(problem, status)

  app.use('/api/*', dress)
  app.use('/healthz', dress)
  app.use('/ws', dress)

  app.get('/healthz', (c) => c.text(options.wellness()))

  app.get('/api/hello', (c) => {
    const { basePath, host, protocol, peer, trusted } = c.env.facts
    return c.json({ name: 'ringside', basePath, host, protocol, peer, trusted, upgrade: upgrades.seen(host) })
  })

  const limit = bodyLimit({ maxSize: BODY_MAX_BYTES, onError: (c) => answerProblem(c, 413, BODY) })
  app.post('/api/session', limit, async (c) => {
    const body: unknown = await c.req.json().catch(() => null)
    const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : null
    if (typeof token !== 'string') return answerProblem(c, 400, BODY)
    const exchanged = sessions.exchange(token, c.env.facts.peer)
    if (!exchanged.ok) return answerProblem(c, exchanged.status, exchanged.problem)
    setCookie(c, cookieName(options.port), exchanged.session, {
      httpOnly: true,
      sameSite: 'Strict',
      path: `${c.env.facts.basePath}/`,
      secure: c.env.facts.protocol === 'https',
    })
    return c.body(null, 204)
  })

  app.get('/api/session', (c) => {
    const good = cookieValues(c.req.header('cookie'), cookieName(options.port)).some((secret) => sessions.use(secret))
    return good ? c.body(null, 204) : answerProblem(c, 401, NO_SESSION)
  })

  app.get('/api/status', async (c) => {
    const refused = authRefusal(options, c.req.header('cookie'), c.req.header('authorization'), c.env.facts.peer)
    return refused === null ? c.json(await options.status()) : answerProblem(c, refused.status, refused.problem)
  })

  app.get('/ws', (c) => {
    upgrades.note(c.env.facts.host, 'dropped')
    return answerProblem(c, 426, NO_UPGRADE)
  })

  app.all('/api/*', (c) => answerProblem(c, 404, NO_ROUTE))

  app.get('*', (c) => {
    const query = new URL(c.req.url).search
    const { basePath, path } = c.env.facts
    const { status, headers, body } = site.answer(basePath, path, query, c.req.header('if-none-match'))
    return new Response(body, { status, headers })
  })

  app.onError((_error, c) => answerProblem(c, 500, BROKEN))
  return app
}

/**
 * The token itself, or a session's cookie. Whoever shows a token, however wrong, is judged by it alone; other schemes
 * (a proxy's own Basic) say nothing to us. @returns null: let it in
 */
export function authRefusal(
  { sessions, port }: Pick<AppOptions, 'sessions' | 'port'>,
  cookie: string | undefined,
  authorization: string | undefined,
  peer: string,
): { status: 401 | 429; problem: Problem } | null {
  if (/^Bearer\b/i.test(authorization ?? '')) return sessions.checkToken(bearerOf(authorization) ?? '', peer)
  const good = cookieValues(cookie, cookieName(port)).some((secret) => sessions.use(secret))
  return good ? null : { status: 401, problem: NO_SESSION }
}

/** Browsers do not keep cookies apart by port, so the name does. */
export function cookieName(port: number): string {
  return `ringside_${port}`
}

async function dress(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  await next()
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value)
  c.header('content-security-policy', BARE_POLICY)
  c.header('cache-control', 'no-store')
}

const BODY: Problem = { code: 'body', message: 'the body is not {"token": "…"}', hint: 'See SPEC.md.' }
const NO_ROUTE: Problem = { code: 'route', message: 'there is no such address', hint: 'See SPEC.md.' }
const BROKEN: Problem = { code: 'broken', message: 'the agent failed to answer', hint: 'Look at its terminal.' }
const NO_UPGRADE: Problem = {
  code: 'upgrade',
  message: 'the request came without `Upgrade: websocket`',
  hint: 'A proxy in between has to forward the Upgrade and Connection headers.',
}
