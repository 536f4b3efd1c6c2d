/** The newest of each message of the agent, and what follows from them. Rows of events are not here: see event-log. */
import type { Control, Fill, Health, Hello, SlotName, Top } from '@ringside/protocol'
import { create } from 'zustand'
import { History, type Point } from './history.ts'

/** Points of one second each: five minutes. */
const HISTORY_POINTS = 300

/** A change of something worth a mark on the time axis that only the page can know. */
export interface Silence {
  readonly fromMs: number
  readonly toMs: number
}

export interface AgentState {
  hello: Hello | null
  health: Health | null
  top: Top | null
  control: Control | null
  fills: Partial<Record<SlotName, Fill['slots'][number]>>
  points: readonly Point[]
  /** The health messages of the same minutes and of this epoch, oldest first: where a verdict's range may begin. */
  healths: readonly Health[]
  /** Times without a connection, oldest first. */
  silences: readonly Silence[]
}

export const useAgent = create<AgentState>(() => ({
  hello: null,
  health: null,
  top: null,
  control: null,
  fills: {},
  points: [],
  healths: [],
  silences: [],
}))

let history = new History(HISTORY_POINTS)

export function takeHello(hello: Hello): void {
  const before = useAgent.getState().hello
  if (before !== null && before.epoch !== hello.epoch) {
    history = new History(HISTORY_POINTS)
    useAgent.setState({ hello, health: null, top: null, control: null, fills: {}, points: [], healths: [] })
  } else useAgent.setState({ hello })
}

export function takeHealth(health: Health): void {
  history.push(health)
  useAgent.setState((state) => ({
    health,
    points: history.points,
    healths: [...state.healths.slice(-HISTORY_POINTS), health],
  }))
}

export function takeFill(fill: Fill): void {
  useAgent.setState({ fills: Object.fromEntries(fill.slots.map((slot) => [slot.slot, slot])) })
}

export function takeTop(top: Top): void {
  useAgent.setState({ top })
}

export function takeControl(control: Control): void {
  useAgent.setState({ control })
}

export function addSilence(silence: Silence): void {
  useAgent.setState((state) => ({ silences: [...state.silences.slice(-99), silence] }))
}
