/**
 * What the page knows about its connection, as a pure reducer: which phase, since when, why, and what to do about it.
 * It has no clock of its own: every event carries its time.
 */

export type Phase =
  /** Nothing asked yet. */
  | 'starting'
  /** No cookie: a token is needed. */
  | 'signed out'
  | 'connecting'
  | 'open'
  /** Lost; trying again by itself. */
  | 'retrying'
  /** The agent refused, and trying again would not help. */
  | 'refused'

export interface ConnectionState {
  readonly phase: Phase
  /** When this phase began, ms. */
  readonly sinceMs: number
  /** When a connection that was open was lost, ms; null while all is well or before the first one. */
  readonly lostAtMs: number | null
  readonly attempts: number
  readonly cause: string | null
  readonly hint: string | null
}

export type ConnectionEvent =
  | { kind: 'signed out'; timeMs: number; message: string; hint: string }
  | { kind: 'connecting'; timeMs: number }
  | { kind: 'opened'; timeMs: number }
  | { kind: 'refusal'; timeMs: number; message: string; hint: string }
  | { kind: 'closed'; timeMs: number; code: number; reason: string }
  | { kind: 'diagnosed'; timeMs: number; diagnosis: Diagnosis }

/** What a look at the agent's HTTP side tells about a socket that does not open. */
export type Diagnosis = 'unreachable' | 'upgrade blocked'

export const INITIAL_CONNECTION: ConnectionState = {
  phase: 'starting',
  sinceMs: 0,
  lostAtMs: null,
  attempts: 0,
  cause: null,
  hint: null,
}

/** No frame for this long although the socket is open: fill alone comes ten times a second. */
export const SILENT_AFTER_MS = 2_500

/** Close code of an agent that no longer knows this page's cookie. */
export const SESSION_GONE = 4401

/** Close codes after which the same try would fail in the same way. */
const FINAL_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009])

export function isFinal(code: number): boolean {
  return FINAL_CODES.has(code)
}

export function reduceConnection(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  switch (event.kind) {
    case 'signed out':
      return { ...enter(state, 'signed out', event.timeMs), cause: event.message, hint: event.hint }
    case 'connecting':
      return state.phase === 'open'
        ? state
        : {
            ...enter(state, state.lostAtMs === null ? 'connecting' : 'retrying', event.timeMs),
            attempts: state.attempts + 1,
          }
    case 'opened':
      return { phase: 'open', sinceMs: event.timeMs, lostAtMs: null, attempts: 0, cause: null, hint: null }
    case 'refusal':
      return { ...state, cause: event.message, hint: event.hint }
    case 'closed':
      return closed(state, event)
    case 'diagnosed':
      return state.phase === 'open' ? state : { ...state, ...DIAGNOSES[event.diagnosis] }
  }
}

function enter(state: ConnectionState, phase: Phase, timeMs: number): ConnectionState {
  return state.phase === phase ? state : { ...state, phase, sinceMs: timeMs }
}

function closed(state: ConnectionState, event: { timeMs: number; code: number; reason: string }): ConnectionState {
  if (state.phase === 'signed out' || state.phase === 'refused') return state
  const lostAtMs = state.phase === 'open' ? event.timeMs : state.lostAtMs
  const phase: Phase = isFinal(event.code) ? 'refused' : lostAtMs === null ? 'connecting' : 'retrying'
  // A refusal before the close, or a look at the agent after it, has said more than the code can.
  const told = state.cause !== null
  const words = told ? {} : { cause: causeOf(event.code, event.reason), hint: hintOf(event.code) }
  return { ...enter(state, phase, event.timeMs), lostAtMs, ...words }
}

const DIAGNOSES: Readonly<Record<Diagnosis, { cause: string; hint: string }>> = {
  unreachable: {
    cause: 'The agent does not answer.',
    hint: 'Check on the host that it runs: `ringside status`. The page tries again by itself.',
  },
  'upgrade blocked': {
    cause: 'The agent answers, but its socket does not open.',
    hint: 'A proxy in front of it does not forward upgrades: pass the Upgrade and Connection headers for /ws.',
  },
}

function causeOf(code: number, reason: string): string {
  if (reason !== '') return reason
  if (code === 1001) return 'The agent is stopping or restarting.'
  if (isFinal(code)) return 'The agent did not understand this page.'
  return 'The connection was lost.'
}

function hintOf(code: number): string {
  if (code === 1001) return 'If it does not come back, start it again: `ringside serve`.'
  if (isFinal(code)) return 'Page and agent may be of different versions: reload the page.'
  return 'The page tries again by itself.'
}
