/** Who may: the token of the printed link, and the cookie sessions it is exchanged for. Knows no HTTP. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Problem } from '../problem.ts'
import { RateLimit } from './rate-limit.ts'

const SECRET_BYTES = 32
const IDLE_MS = 30 * 60_000
const ABSOLUTE_MS = 12 * 60 * 60_000
const SESSIONS_MAX = 256
const FAILURES_PER_MINUTE = 5

export type Exchange = { ok: true; session: string } | { ok: false; status: 401 | 429; problem: Problem }

interface Session {
  bornMs: number
  usedMs: number
}

/** 256 bits from the system's generator, base64url. */
export function newToken(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

export class Sessions {
  readonly #tokenHash: Buffer
  readonly #now: () => number
  readonly #failures: RateLimit
  /** By the hash of the secret: what is looked up by hash tells nothing through its timing. */
  readonly #sessions = new Map<string, Session>()

  /** @param now ms, monotonic */
  constructor(token: string, now: () => number = () => performance.now()) {
    this.#tokenHash = hash(token)
    this.#now = now
    this.#failures = new RateLimit(FAILURES_PER_MINUTE, FAILURES_PER_MINUTE, now)
  }

  /** A token for a session. */
  exchange(token: string, peer: string): Exchange {
    const refused = this.checkToken(token, peer)
    if (refused !== null) return refused
    const secret = newToken()
    const now = this.#now()
    this.#sessions.set(keyOf(secret), { bornMs: now, usedMs: now })
    if (this.#sessions.size > SESSIONS_MAX) this.#forgetIdlest()
    return { ok: true, session: secret }
  }

  /**
   * Five wrong ones a minute from one peer are called wrong, others too many. The right one is always right: all that
   * come through one proxy or from this host are one peer, and none of them can guess 256 bits.
   * @returns null: the token is right
   */
  checkToken(token: string, peer: string): Extract<Exchange, { ok: false }> | null {
    if (timingSafeEqual(hash(token), this.#tokenHash)) return null
    if (this.#failures.take(peer)) return { ok: false, status: 401, problem: WRONG_TOKEN }
    const seconds = Math.ceil(this.#failures.waitMs(peer) / 1000)
    return { ok: false, status: 429, problem: { ...TOO_MANY, hint: `Try again in ${seconds} s.` } }
  }

  /** Whether a session's secret is good now; using it keeps it from going idle. */
  use(secret: string): boolean {
    const key = keyOf(secret)
    const session = this.#sessions.get(key)
    if (session === undefined) return false
    const now = this.#now()
    if (now - session.usedMs > IDLE_MS || now - session.bornMs > ABSOLUTE_MS) {
      this.#sessions.delete(key)
      return false
    }
    session.usedMs = now
    return true
  }

  #forgetIdlest(): void {
    const [idlest] = [...this.#sessions].sort(([, a], [, b]) => a.usedMs - b.usedMs)
    if (idlest !== undefined) this.#sessions.delete(idlest[0])
  }
}

/** The values of a cookie in a Cookie header: paths may give several of one name. */
export function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
}

/** The token of an Authorization header, or null. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer ([A-Za-z0-9_-]+)$/.exec(header ?? '')?.[1] ?? null
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function keyOf(secret: string): string {
  return hash(secret).toString('base64')
}

const WRONG_TOKEN: Problem = {
  code: 'token',
  message: 'this token opens nothing here',
  hint: 'Take the link that the agent printed at its start, or that `ringside status --link` prints.',
}

export const NO_SESSION: Problem = {
  code: 'session',
  message: 'no session, or one that has ended',
  hint: 'Open the link that the agent printed at its start, or that `ringside status --link` prints.',
}

const TOO_MANY: Problem = { code: 'too-many', message: 'too many wrong tokens from this address', hint: '' }
