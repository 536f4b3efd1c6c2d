/** The token, its sessions, and what wrong tokens cost. The clock is the test's. */
import { beforeEach, describe, expect, it } from 'vitest'
import { bearerOf, cookieValues, newToken, Sessions } from '../../src/serve/session.ts'

const MINUTE = 60_000
let now: number
let sessions: Sessions

beforeEach(() => {
  now = 0
  sessions = new Sessions('right', () => now)
})

function login(peer = 'a'): string {
  const exchanged = sessions.exchange('right', peer)
  if (!exchanged.ok) throw new Error(exchanged.problem.message)
  return exchanged.session
}

it('[SEC-4] a token has 256 bits, and no two are the same', () => {
  expect(newToken()).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(newToken()).not.toBe(newToken())
})

describe('[SEC-5] a session', () => {
  it('is good until it was idle for 30 minutes', () => {
    const session = login()
    now += 29 * MINUTE
    expect(sessions.use(session)).toBe(true)
    now += 29 * MINUTE
    expect(sessions.use(session)).toBe(true)
    now += 31 * MINUTE
    expect(sessions.use(session)).toBe(false)
  })

  it('ends after 12 hours, however busy', () => {
    const session = login()
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      expect(sessions.use(session)).toBe(true)
      now += 20 * MINUTE
    }
    now += MINUTE
    expect(sessions.use(session)).toBe(false)
  })

  it('is known by its own secret only', () => {
    login()
    expect(sessions.use('right')).toBe(false)
    expect(sessions.use('')).toBe(false)
  })
})

describe('[SEC-13] wrong tokens', () => {
  const statusOf = (token: string, peer: string) => {
    const exchanged = sessions.exchange(token, peer)
    return exchanged.ok ? 204 : exchanged.status
  }

  it('are answered 401 five times a minute, then 429', () => {
    expect(Array.from({ length: 7 }, () => statusOf('wrong', 'a'))).toEqual([401, 401, 401, 401, 401, 429, 429])
  })

  it('do not lock the right one out: everybody behind one proxy is one peer', () => {
    for (let turn = 0; turn < 9; turn += 1) statusOf('wrong', 'a')
    expect(statusOf('right', 'a')).toBe(204)
    expect(statusOf('wrong', 'a')).toBe(429)
  })

  it('are called wrong again after a minute', () => {
    for (let turn = 0; turn < 9; turn += 1) statusOf('wrong', 'a')
    now += MINUTE
    expect(statusOf('wrong', 'a')).toBe(401)
  })

  it('of one peer cost no other', () => {
    for (let turn = 0; turn < 9; turn += 1) statusOf('wrong', 'a')
    expect(statusOf('wrong', 'b')).toBe(401)
  })

  it('say when to try again', () => {
    for (let turn = 0; turn < 5; turn += 1) statusOf('wrong', 'a')
    expect(sessions.exchange('wrong', 'a')).toMatchObject({ problem: { hint: 'Try again in 12 s.' } })
  })
})

it('cookies of one name are all looked at, others not', () => {
  expect(cookieValues('a=1; ringside_7070=x; ringside_70=z; ringside_7070=y=y', 'ringside_7070')).toEqual(['x', 'y=y'])
  expect(cookieValues(undefined, 'a')).toEqual([])
})

it('a Bearer token is read exactly', () => {
  expect(bearerOf('Bearer abc-_1')).toBe('abc-_1')
  expect([bearerOf('bearer abc'), bearerOf('Basic abc'), bearerOf('Bearer a b'), bearerOf(undefined)]).toEqual([
    null,
    null,
    null,
    null,
  ])
})
