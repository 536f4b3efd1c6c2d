/** Which threads of an agent go before others on a busy host. */
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RunDir } from './agent-process.ts'

/** Threads that V8 starts in every process to collect garbage and to compile (node --v8-pool-size). */
const V8_THREADS = 4
const NICE_FIELD = 16

let here: RunDir
beforeEach(() => {
  here = new RunDir()
})
afterEach(() => here.clear())

/** Nice values of a process's threads, by thread. */
function niceOf(pid: number): Map<number, number> {
  return new Map(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const afterName = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').replace(/^.*\) /, '')
      return [Number(thread), Number(afterName.split(' ')[NICE_FIELD])]
    }),
  )
}

it('the reader goes first, and with it the threads that it waits for; the serving thread does not', async () => {
  const agent = await here.serve().ready()
  const nice = niceOf(agent.pid)
  expect(nice.get(agent.pid)).toBe(getPriority())
  expect([...nice.values()].filter((value) => value === -10).length).toBeGreaterThan(V8_THREADS)
})
