/** What a filter in the kernel would leave out, judged by the rows that this page holds. Pure. */
import {
  type Batch,
  commOf,
  eventOf,
  type FilterRule,
  fieldInt,
  showString,
  tcpStateName,
  weightOf,
} from '@ringside/protocol'
import type { Held } from '../../store/explorer.ts'

/**
 * Whether a row would pass, as the kernel decides: no rule with `not` matches it, and for each field that has rules
 * without, one of them does. Null where the row does not tell, since it does not carry its control group.
 */
export function wouldPass(rules: readonly FilterRule[], batch: Batch, row: number): boolean | null {
  let unknown = false
  const wanted = new Map<FilterRule['field'], boolean>()
  for (const rule of rules) {
    const matches = matchOf(rule, batch, row)
    if (matches === null) unknown = true
    else if (rule.not && matches) return false
    else if (!rule.not) wanted.set(rule.field, (wanted.get(rule.field) ?? false) || matches)
  }
  if ([...wanted.values()].includes(false)) return false
  return unknown ? null : true
}

function matchOf(rule: FilterRule, batch: Batch, row: number): boolean | null {
  const event = eventOf(batch, row)
  if (rule.field === 'type') return event !== undefined && rule.value.includes(event.type)
  if (event?.hasTask !== true || ((batch.pid[row] ?? 0) === 0 && (batch.comm[row] ?? 0) === 0)) return false
  if (event.type === 'tcp' && !isMadeByProcess(batch, row)) return false
  switch (rule.field) {
    case 'pid':
      return batch.pid[row] === rule.value
    case 'uid':
      return batch.uid[row] === rule.value
    case 'comm':
      return commOf(batch, row) === showString(rule.value)
    case 'cgroup':
      return null
  }
}

/**
 * Changes of a TCP socket that connect, listen, close and shutdown make: network.bpf.c has the same list. The owner of any
 * other is told by the agent afterwards, and is not known where the filter is.
 */
function isMadeByProcess(batch: Batch, row: number): boolean {
  const [from, to] = ['oldState', 'newState'].map((name) => tcpStateName(stateOf(batch, row, name)))
  switch (to) {
    case 'SYN_SENT':
    case 'LISTEN':
    case 'FIN_WAIT1':
      return true
    case 'LAST_ACK':
      return from === 'CLOSE_WAIT'
    case 'CLOSE':
      return from === 'LISTEN'
  }
  return false
}

function stateOf(batch: Batch, row: number, name: string): number {
  return fieldInt(batch, row, eventOf(batch, row)?.fields.findIndex((field) => field.name === name) ?? -1)
}

export interface FilterShare {
  /** Rows that were looked at. */
  readonly rows: number
  /** Share of the events they stand for that would be left out, in [0, 1]; null where the rows do not tell. */
  readonly leftOut: number | null
}

/** @param held the newest last */
export function shareLeftOut(rules: readonly FilterRule[], held: readonly Held[]): FilterShare {
  let rows = 0
  let events = 0
  let left = 0
  for (const { batch } of held) {
    const thinned = batch.rows === 0 ? 1 : Math.max(1, batch.matched / batch.rows)
    for (let row = 0; row < batch.rows; row++) {
      const passes = wouldPass(rules, batch, row)
      if (passes === null) return { rows, leftOut: null }
      const weight = thinned * Math.max(1, weightOf(batch.rate[row] ?? 0))
      rows += 1
      events += weight
      if (!passes) left += weight
    }
  }
  return { rows, leftOut: events === 0 ? null : left / events }
}
