/** The newest of each message of the agent, and what follows from them. Rows of events are not here: see event-log. */
import type { Comparison, Control, Fill, Health, Hello, Malformed, SlotName, Tables, Top } from '@ringside/protocol'
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
  /** What is counted in the kernel; null until a type is. */
  tables: Tables | null
  malformed: Malformed | null
  /** Both transports as they were measured last, by whomever. */
  comparison: Comparison | null
  control: Control | null
  fills: Partial<Record<SlotName, Fill['slots'][number]>>
  points: readonly Point[]
  /** The health messages of the same minutes and of this epoch, oldest first: where a verdict's range may begin. */
  healths: readonly Health[]
  /** Times without a connection, oldest first. */
  silences: readonly Silence[]
}

/** What is known of one epoch of the agent, before its first messages. */
const NOTHING_YET = {
  health: null,
  top: null,
  tables: null,
  malformed: null,
  comparison: null,
  control: null,
  fills: {},
  points: [],
  healths: [],
} satisfies Partial<AgentState>

export const useAgent = create<AgentState>(() => ({ hello: null, silences: [], ...NOTHING_YET }))

let history = new History(HISTORY_POINTS)

export function takeHello(hello: Hello): void {
  const before = useAgent.getState().hello
  if (before !== null && before.epoch !== hello.epoch) {
    history = new History(HISTORY_POINTS)
    useAgent.setState({ hello, ...NOTHING_YET })
  } else useAgent.setState({ hello })
}

/** Counters of two epochs are never added or compared: what another epoch says is not taken. */
function isOfThisEpoch({ epoch }: { epoch: string }): boolean {
  const { hello } = useAgent.getState()
  return hello === null || hello.epoch === epoch
}

export function takeHealth(health: Health): void {
  if (!isOfThisEpoch(health)) return
  history.push(health)
  useAgent.setState((state) => ({
    health,
    points: history.points,
    healths: [...state.healths.slice(-HISTORY_POINTS), health],
  }))
}

export function takeFill(fill: Fill): void {
  if (!isOfThisEpoch(fill)) return
  useAgent.setState({ fills: Object.fromEntries(fill.slots.map((slot) => [slot.slot, slot])) })
}

export function takeTop(top: Top): void {
  if (isOfThisEpoch(top)) useAgent.setState({ top })
}

export function takeTables(tables: Tables): void {
  if (isOfThisEpoch(tables)) useAgent.setState({ tables })
}

export function takeMalformed(malformed: Malformed): void {
  if (isOfThisEpoch(malformed)) useAgent.setState({ malformed })
}

export function takeComparison(comparison: Comparison): void {
  useAgent.setState({ comparison })
}

export function takeControl(control: Control): void {
  useAgent.setState({ control })
}

export function addSilence(silence: Silence): void {
  useAgent.setState((state) => ({ silences: [...state.silences.slice(-99), silence] }))
}
