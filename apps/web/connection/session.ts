/**
 * The exchange of the printed link's token for a cookie. The token is never stored and leaves the address bar before
 * anything else happens.
 */
import { address } from './base-path.ts'

export type SessionAnswer =
  | { kind: 'good' }
  | { kind: 'refused'; message: string; hint: string }
  | { kind: 'unreachable' }

const OPEN_LINK_HINT = 'Open the link that `ringside serve` printed, or paste it below.'

/** The token of a fragment (`#token=…`), of a whole link, or a bare token; null when there is none. */
export function tokenOf(text: string): string | null {
  const trimmed = text.trim()
  const found = /(?:^|[#&])token=([A-Za-z0-9_-]+)/.exec(trimmed)
  if (found?.[1] !== undefined) return found[1]
  return /^[A-Za-z0-9_-]{20,}$/.test(trimmed) ? trimmed : null
}

/** Takes the token out of the address bar and returns it; null when there was none. */
export function takeToken(location: Location, history: History): string | null {
  const token = location.hash.includes('token=') ? tokenOf(location.hash) : null
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

export async function exchange(token: string): Promise<SessionAnswer> {
  return ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) })
}

export async function checkSession(): Promise<SessionAnswer> {
  return ask({ method: 'GET' })
}

async function ask(init: RequestInit): Promise<SessionAnswer> {
  try {
    const answer = await fetch(address('/api/session'), { ...init, credentials: 'same-origin', cache: 'no-store' })
    if (answer.ok) return { kind: 'good' }
    if (answer.status >= 500) return { kind: 'unreachable' }
    return { kind: 'refused', ...explain(await answer.text()) }
  } catch {
    return { kind: 'unreachable' }
  }
}

function explain(body: string): { message: string; hint: string } {
  const fallback = { message: 'This browser has no session with the agent.', hint: OPEN_LINK_HINT }
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null) return fallback
    const { message, hint } = parsed as { message?: unknown; hint?: unknown }
    return {
      message: typeof message === 'string' ? message : fallback.message,
      hint: typeof hint === 'string' && hint !== '' ? hint : fallback.hint,
    }
  } catch {
    return fallback
  }
}
