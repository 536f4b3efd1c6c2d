/** What the controller says to a command that it does not carry out, whatever the command is. */
import type { SlotName } from '@ringside/protocol'
import { codeOf, messageOf, type Problem } from '../problem.ts'

export const STALE: Problem = {
  code: 'stale',
  message: 'the controls have changed since you saw them',
  hint: 'Look at what is applied now, and ask again.',
}

export const ENDING: Problem = {
  code: 'ending',
  message: 'the agent is coming to its end',
  hint: 'Start it again.',
}

export function tooMany(waiting: number): Problem {
  return { code: 'busy', message: `${waiting} commands are waiting`, hint: 'Wait until they are done.' }
}

export function tooSoon(waitMs: number): Problem {
  const seconds = (Math.ceil(waitMs / 100) / 10).toFixed(1)
  return {
    code: 'too-soon',
    message: 'buffers were changed a moment ago, and another change waits for its turn',
    hint: `Ask again in ${seconds} s.`,
  }
}

export function stillDraining(slot: SlotName): Problem {
  return {
    code: 'draining',
    message: `${slot}: records of the buffer before this one are still being read`,
    hint: 'Ask again in a moment.',
  }
}

/** What was thrown while a command was carried out. A source that knows what mends it says so itself. */
export function failureOf(thrown: unknown): Problem {
  const own: unknown = thrown instanceof Error && 'hint' in thrown ? thrown.hint : ''
  const message = messageOf(thrown)
  if (typeof own === 'string' && own !== '') return { code: codeOf(thrown) || 'failed', message, hint: own }
  return { code: 'failed', message, hint: '`ringside doctor` tells what this host can do.' }
}
