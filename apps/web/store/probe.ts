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
  /** Resolves when the page is connected, no command is on its way, and all that had arrived by then is drawn. */
  idle(): Promise<void>
  account(): Account
}

declare global {
  interface Window {
    __ringside?: Probe
  }
}

const FRAMES_TO_DRAW = 2

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
  await until(atRest)
  const arrived = explorer.log.next
  await until(() => explorer.committed >= arrived)
  for (let frame = 0; frame < FRAMES_TO_DRAW; frame++) await nextFrame()
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextFrame()
}

function nextFrame(): Promise<number> {
  return new Promise(requestAnimationFrame)
}

function atRest(): boolean {
  const { health, control } = useAgent.getState()
  return (
    useConnection.getState().phase === 'open' &&
    health !== null &&
    control !== null &&
    control.pending.length === 0 &&
    pendingCommands() === 0
  )
}
