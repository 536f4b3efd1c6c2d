/** Changes that the operator asks for: which are on their way, which was refused and why, and how to take one back. */
import type { Command } from '@ringside/protocol'
import { create } from 'zustand'
import { issue } from './connection.ts'

/** The way back from a change, and what it leads back to, in words. */
export interface WayBack {
  readonly command: Command
  readonly to: string
}

export interface CommandState {
  readonly pending: ReadonlySet<string>
  readonly error: { readonly key: string; readonly message: string; readonly hint: string } | null
  readonly back: Readonly<Record<string, WayBack>>
}

export const useCommands = create<CommandState>(() => ({ pending: new Set(), error: null, back: {} }))

/** @param key names the control that asks @param back undoes the command, from what is applied now */
export async function run(key: string, command: Command, back: WayBack): Promise<boolean> {
  useCommands.setState((state) => ({ pending: new Set(state.pending).add(key), error: null }))
  const outcome = await issue(command)
  useCommands.setState((state) => {
    const pending = new Set(state.pending)
    pending.delete(key)
    if (outcome.ok) return { pending, back: { ...state.back, [key]: back } }
    return { pending, error: { key, message: outcome.message, hint: outcome.hint } }
  })
  return outcome.ok
}

/** Takes the last change of a control back; doing so can be taken back in turn. */
export async function undo(key: string, forward: WayBack): Promise<void> {
  const back = useCommands.getState().back[key]
  if (back !== undefined) await run(key, back.command, forward)
}

/** What was typed cannot be asked for at all. */
export function refuse(key: string, message: string, hint: string): void {
  useCommands.setState({ error: { key, message, hint } })
}
