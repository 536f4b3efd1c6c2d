/** What the page tells a test or a person at the console: when it is at rest, and what it has taken in. */
import { useAgent } from './agent.ts'
import { pendingCommands, useConnection } from './connection.ts'
import { explorer } from './explorer.ts'

export interface Account {
  /** L5: received = kept + evicted. */
  received: number
  kept: number
  evicted: number
  framesTaken: number
  unreadable: number
  shown: number
  paused: boolean
}

export interface Probe {
  /** Resolves when the page is connected, has its first health and controls, and has drawn all that it has. */
  idle(): Promise<void>
  account(): Account
}

declare global {
  interface Window {
    __ringside?: Probe
  }
}

const CALM_FRAMES = 2

export function installProbe(): void {
  window.__ringside = { idle, account }
}

function account(): Account {
  const { received, kept, evicted } = explorer.log
  return {
    received,
    kept,
    evicted,
    framesTaken: explorer.framesTaken,
    unreadable: useConnection.getState().unreadable.messages,
    shown: explorer.shown.length,
    paused: explorer.pausedBy === 'operator',
  }
}

async function idle(): Promise<void> {
  for (let calm = 0; calm < CALM_FRAMES; ) {
    await new Promise(requestAnimationFrame)
    calm = atRest() ? calm + 1 : 0
  }
}

function atRest(): boolean {
  const { health, control } = useAgent.getState()
  return (
    useConnection.getState().phase === 'open' &&
    health !== null &&
    control !== null &&
    control.pending.length === 0 &&
    pendingCommands() === 0 &&
    explorer.idle
  )
}
