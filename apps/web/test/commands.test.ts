import type { Command, Control, Hello } from '@ringside/protocol'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../connection/connection.ts'
import { INITIAL_CONNECTION } from '../connection/state.ts'
import { useAgent } from '../store/agent.ts'
import { run, undo, useCommands } from '../store/commands.ts'
import { useConnection } from '../store/connection.ts'

const PAUSE: Command = { op: 'pause', on: true }
const BACK = { command: { op: 'pause', on: false } satisfies Command, to: 'capturing' }
const FORWARD = { command: PAUSE, to: 'paused' }

let epoch = 0

/** A new agent, so that nothing is left of the test before. */
function startAgent(revision: number): void {
  useAgent.setState({ hello: { epoch: String(++epoch) } as unknown as Hello, control: { revision } as Control })
}

beforeEach(() => {
  vi.restoreAllMocks()
  useConnection.setState({ ...INITIAL_CONNECTION, phase: 'open' })
  useCommands.setState({ pending: new Set(), error: null, back: {} })
})

describe('commands', () => {
  it('go one after the other, the second on top of what the first made', async () => {
    startAgent(5)
    const revisions: (number | null)[] = []
    const replies: (() => void)[] = []
    vi.spyOn(Connection.prototype, 'command').mockImplementation((_, revision) => {
      revisions.push(revision)
      return new Promise((resolve) => replies.push(() => resolve({ ok: true, revision: 6 })))
    })
    const first = run('a', PAUSE, BACK)
    const second = run('b', PAUSE, BACK)
    await vi.waitFor(() => expect(replies).toHaveLength(1))
    expect([...useCommands.getState().pending]).toEqual(['a', 'b'])
    replies[0]?.()
    await first
    await vi.waitFor(() => expect(replies).toHaveLength(2))
    replies[1]?.()
    expect(await second).toBe(true)
    expect(revisions).toEqual([5, 6])
  })

  it('leave no way back and no error to the next epoch', async () => {
    startAgent(10)
    vi.spyOn(Connection.prototype, 'command').mockResolvedValueOnce({ ok: true, revision: 11 })
    await run('a', PAUSE, BACK)
    vi.spyOn(Connection.prototype, 'command').mockResolvedValueOnce({ ok: false, message: 'no', hint: '' })
    await run('b', PAUSE, BACK)
    expect(useCommands.getState()).toMatchObject({ back: { a: BACK }, error: { key: 'b' } })
    startAgent(1)
    expect(useCommands.getState()).toMatchObject({ back: {}, error: null })
  })

  it('that were not sent say so until the page is connected', async () => {
    startAgent(1)
    useConnection.setState({ phase: 'retrying' })
    await run('a', PAUSE, BACK)
    expect(useCommands.getState().error?.key).toBe('a')
    useConnection.setState({ phase: 'open' })
    expect(useCommands.getState().error).toBeNull()
  })

  it('name the way back from an undo a redo, and from a redo an undo', async () => {
    startAgent(1)
    vi.spyOn(Connection.prototype, 'command').mockResolvedValue({ ok: true, revision: 2 })
    await run('a', PAUSE, BACK)
    await undo('a', FORWARD)
    expect(useCommands.getState().back.a).toMatchObject({ to: 'paused', redo: true })
    await undo('a', BACK)
    expect(useCommands.getState().back.a).toMatchObject({ to: 'capturing', redo: false })
  })
})
