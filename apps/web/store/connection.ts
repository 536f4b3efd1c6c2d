/** The connection's state for the page, and the only place where what arrives is handed to the stores. */
import {
  type Batch,
  type Command,
  type Control,
  type Filter,
  PROTOCOL_VERSION,
  type Subscribe,
} from '@ringside/protocol'
import { create } from 'zustand'
import type { Outcome } from '../connection/commands.ts'
import { Connection } from '../connection/connection.ts'
import { type ConnectionState, INITIAL_CONNECTION } from '../connection/state.ts'
import {
  addSilence,
  takeComparison,
  takeControl,
  takeFill,
  takeHealth,
  takeHello,
  takeMalformed,
  takeTables,
  takeTop,
  useAgent,
} from './agent.ts'
import { explorer } from './explorer.ts'
import { askedMarker, type Marker, pauseMarker } from './markers.ts'
import { NO_FILTER } from './ui.ts'

/** Rows a second that this page asks for at most: more than an eye follows, far less than it can take. */
export const ROWS_PER_SECOND = 2_000

export interface Unreadable {
  readonly messages: number
  readonly last: string
}

export const useConnection = create<ConnectionState & { unreadable: Unreadable }>(() => ({
  ...INITIAL_CONNECTION,
  unreadable: { messages: 0, last: '' },
}))

let silentSinceMs: number | null = null
let pausedSinceMs: number | null = null
let pauseToPlace: Marker | null = null
let asked = { filter: NO_FILTER, sinceMs: 0 }
/** Of the last own command that was carried out; the settings that it made may still be on their way. */
let ownRevision = 0

const connection = new Connection(
  {
    state: (state) => {
      if (state.lostAtMs !== null) silentSinceMs ??= state.lostAtMs
      useConnection.setState(state)
    },
    message: (message) => {
      switch (message.type) {
        case 'hello': {
          const before = useAgent.getState().hello
          const restarted = before !== null && before.epoch !== message.epoch
          endSilence(restarted)
          if (restarted) {
            pausedSinceMs = null
            pauseToPlace = null
            ownRevision = 0
          }
          // Made-up and real events never stand in one table.
          if (before !== null && before.source !== message.source) explorer.clear()
          explorer.newConnection(restarted)
          return takeHello(message)
        }
        case 'health':
          placePause()
          return takeHealth(message)
        case 'fill':
          return takeFill(message)
        case 'top':
          return takeTop(message)
        case 'tables':
          return takeTables(message)
        case 'malformed':
          return takeMalformed(message)
        case 'comparison':
          return takeComparison(message)
        case 'control':
          markPause(useAgent.getState().control, message)
          explorer.orderBy(message.applied.order.mode)
          return takeControl(message)
      }
    },
    batch: (batch: Batch, frameBytes: number) =>
      explorer.append(batch, useAgent.getState().hello?.timeZeroMs ?? 0, frameBytes),
    unreadable: (last) =>
      useConnection.setState((state) => ({ unreadable: { messages: state.unreadable.messages + 1, last } })),
  },
  subscriptionFor(NO_FILTER),
)

let started = false

/** Once for the life of the page, whichever room is open. */
export function startConnection(): void {
  if (started) return
  started = true
  void connection.start()
}

export function lastFrameMs(): number {
  return connection.lastFrameMs
}

export function pendingCommands(): number {
  return connection.pendingCommands
}

export function signIn(token: string): Promise<void> {
  return connection.signIn(token)
}

export function retryNow(): void {
  void connection.retry()
}

export function askFor(filter: Filter): void {
  const nowMs = Date.now()
  const marker = askedMarker(asked.filter, filter, asked.sinceMs, nowMs)
  if (marker !== null) explorer.mark(marker)
  if (JSON.stringify(filter) !== JSON.stringify(asked.filter)) asked = { filter, sinceMs: nowMs }
  connection.subscribe(subscriptionFor(filter))
}

/** Asks for a change on top of the settings that the operator sees, and of what this page itself changed last. */
export async function issue(command: Command): Promise<Outcome> {
  const seen = useAgent.getState().control?.revision ?? null
  const outcome = await connection.command(command, seen === null ? null : Math.max(seen, ownRevision))
  if (outcome.ok) ownRevision = outcome.revision
  return outcome
}

function markPause(before: Control | null, after: Control): void {
  const marker = pauseMarker(before, after, pausedSinceMs, Date.now())
  if (marker === null) return
  placePause()
  if (marker.kind === 'paused') {
    pausedSinceMs = marker.timeMs
    pauseToPlace = marker
  } else {
    pausedSinceMs = null
    explorer.mark(marker)
  }
}

/** Rows from before a pause are still on their way when it is told; the next health comes after them. */
function placePause(): void {
  if (pauseToPlace !== null) explorer.mark(pauseToPlace)
  pauseToPlace = null
}

function subscriptionFor(filter: Filter): Subscribe {
  return { type: 'subscribe', protocol: PROTOCOL_VERSION, filter, rowsPerSecond: ROWS_PER_SECOND, bytes: true }
}

function endSilence(restarted: boolean): void {
  if (silentSinceMs === null) return
  const silence = { fromMs: silentSinceMs, toMs: Date.now() }
  silentSinceMs = null
  addSilence(silence)
  explorer.mark({ kind: 'silence', ...silence, restarted })
}
