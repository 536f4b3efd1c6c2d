/** Changes that the operator asks for: which are on their way, which was refused and why, and how to take one back. */
import type { Command } from '@ringside/protocol'
import { create } from 'zustand'
import { useAgent } from './agent.ts'
import { issue, useConnection } from './connection.ts'

/** The way back from a change, and what it leads back to, in words. */
export interface WayBack {
  readonly command: Command
  readonly to: string
  /** It takes an undo back. */
  readonly redo?: boolean
}

/** A way back, and the command that it takes back. */
export interface Done extends WayBack {
  readonly done: Command
  readonly timeMs: number
}

export interface CommandState {
  readonly pending: ReadonlySet<string>
  readonly error: {
    readonly key: string
    readonly message: string
    readonly hint: string
    /** Nothing was sent, since the page was not connected: no longer true once it is. */
    readonly isOffline: boolean
  } | null
  readonly back: Readonly<Record<string, Done>>
}

export const useCommands = create<CommandState>(() => ({ pending: new Set(), error: null, back: {} }))

useAgent.subscribe(({ hello }, { hello: before }) => {
  if (before !== null && hello?.epoch !== before.epoch) useCommands.setState({ error: null, back: {} })
})

useConnection.subscribe(({ phase }) => {
  if (phase === 'open' && useCommands.getState().error?.isOffline) useCommands.setState({ error: null })
})

/** One command at a time: each is asked for on top of what the one before it made. */
let turn: Promise<unknown> = Promise.resolve()

/**
 * @param key names the control that asks
 * @param back undoes the command, from what is applied now; null for what changes nothing
 */
export async function run(key: string, command: Command, back: WayBack | null): Promise<boolean> {
  useCommands.setState((state) => ({ pending: new Set(state.pending).add(key), error: null }))
  let isOffline = false
  const turnOfThis = turn.then(() => {
    isOffline = useConnection.getState().phase !== 'open'
    return issue(command)
  })
  turn = turnOfThis.catch(() => undefined)
  const outcome = await turnOfThis
  useCommands.setState((state) => {
    const pending = new Set(state.pending)
    pending.delete(key)
    if (!outcome.ok) return { pending, error: { key, message: outcome.message, hint: outcome.hint, isOffline } }
    if (back === null) return { pending }
    return { pending, back: { ...state.back, [key]: { ...back, done: command, timeMs: Date.now() } } }
  })
  return outcome.ok
}

/** Takes the last change of a control back; doing so can be taken back in turn. */
export async function undo(key: string, forward: WayBack): Promise<void> {
  const back = useCommands.getState().back[key]
  if (back !== undefined) await run(key, back.command, { ...forward, redo: back.redo !== true })
}

/** What was typed cannot be asked for at all. */
export function refuse(key: string, message: string, hint: string): void {
  useCommands.setState({ error: { key, message, hint, isOffline: false } })
}
