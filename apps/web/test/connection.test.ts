import { describe, expect, it } from 'vitest'
import { Commands } from '../connection/commands.ts'
import { tokenOf } from '../connection/session.ts'
import { type ConnectionEvent, INITIAL_CONNECTION, reduceConnection } from '../connection/state.ts'

/** Events a second apart, from 1 s on. */
function after(
  ...events: (ConnectionEvent extends infer E ? (E extends { timeMs: number } ? Omit<E, 'timeMs'> : never) : never)[]
) {
  return events.reduce(
    (state, event, i) => reduceConnection(state, { ...event, timeMs: (i + 1) * 1000 } as ConnectionEvent),
    INITIAL_CONNECTION,
  )
}

describe('connection', () => {
  it('is open with no cause once it opened', () => {
    expect(after({ kind: 'connecting' }, { kind: 'opened' })).toMatchObject({
      phase: 'open',
      sinceMs: 2000,
      cause: null,
      attempts: 0,
    })
  })

  it('says since when it is lost, and keeps that over every further try', () => {
    const state = after(
      { kind: 'connecting' },
      { kind: 'opened' },
      { kind: 'closed', code: 1006, reason: '' },
      { kind: 'connecting' },
      { kind: 'closed', code: 1006, reason: '' },
    )
    expect(state).toMatchObject({ phase: 'retrying', lostAtMs: 3000, sinceMs: 3000, cause: 'The connection was lost.' })
    expect(state.hint).not.toBeNull()
  })

  it('prefers the refusal to the code of the close behind it', () => {
    const state = after(
      { kind: 'connecting' },
      { kind: 'opened' },
      { kind: 'refusal', message: 'too many clients', hint: 'close one' },
      { kind: 'closed', code: 1001, reason: '' },
    )
    expect(state).toMatchObject({ phase: 'retrying', cause: 'too many clients', hint: 'close one' })
  })

  it('stops where trying again would fail in the same way', () => {
    expect(after({ kind: 'opened' }, { kind: 'closed', code: 1002, reason: '' }).phase).toBe('refused')
  })

  it('names a proxy that does not forward upgrades', () => {
    const state = after(
      { kind: 'connecting' },
      { kind: 'closed', code: 1006, reason: '' },
      { kind: 'diagnosed', diagnosis: 'upgrade blocked' },
    )
    expect(state.hint).toMatch(/Upgrade/)
  })

  it('stays signed out until a token is given', () => {
    const state = after(
      { kind: 'signed out', message: 'no session', hint: 'open the link' },
      { kind: 'closed', code: 4401, reason: '' },
    )
    expect(state).toMatchObject({ phase: 'signed out', hint: 'open the link' })
  })
})

describe('tokens', () => {
  it.each([
    ['#token=abc_-1', 'abc_-1'],
    ['http://127.0.0.1:7070/#token=abc', 'abc'],
    ['  rrnehaNOjMKgzwfvcGdaQucjRT8  ', 'rrnehaNOjMKgzwfvcGdaQucjRT8'],
    ['hello', null],
    ['', null],
  ])('%s → %s', (text, token) => {
    expect(tokenOf(text)).toBe(token)
  })
})

describe('commands', () => {
  const pause = { op: 'pause', on: true } as const

  it('settles each with its own answer', async () => {
    const commands = new Commands()
    const sent: number[] = []
    const send = (message: { id: number }) => sent.push(message.id) > 0
    const first = commands.issue(pause, 7, send)
    const second = commands.issue(pause, 7, send)
    commands.settle({
      type: 'reply',
      id: sent[1] ?? 0,
      ok: false,
      revision: 8,
      error: { code: 'x', message: 'no', hint: 'do' },
    })
    commands.settle({ type: 'reply', id: sent[0] ?? 0, ok: true, revision: 9, error: null })
    expect(await first).toEqual({ ok: true, revision: 9 })
    expect(await second).toEqual({ ok: false, message: 'no', hint: 'do' })
    expect(commands.pending).toBe(0)
  })

  it('does not promise what the lost connection may have done', async () => {
    const commands = new Commands()
    const outcome = commands.issue(pause, null, () => true)
    commands.abandon()
    expect(await outcome).toMatchObject({ ok: false })
  })

  it('says at once that nothing was sent', async () => {
    expect(await new Commands().issue(pause, null, () => false)).toMatchObject({
      message: 'Not connected: nothing was sent.',
    })
  })
})
