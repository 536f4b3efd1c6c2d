/** The agent's main thread turns in time, whatever the kernel sends and the operator asks for: the agent as a user runs it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { possibleCpus } from '@ringside/native'
import { TRANSPORTS, type Transport } from '@ringside/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { defaultSettings } from '../../src/control/settings.ts'
import { leastCapacity } from '../../src/control/sizes.ts'
import { RunDir } from '../cli/agent-process.ts'
import { Page } from './support/page.ts'

const WATCH = new URL('./threads/watched-main.mjs', import.meta.url).href
const ROWS_PER_SECOND = 2000
const LARGEST = 64 * 1024 * 1024
/** As multiples of the smallest capacity, one after the other, as fast as the agent allows: too small for the flood. */
const MULTIPLES = [1, 2, null, 1, 2, 1, 2, 1]
const OVERLOAD_MS = 14_000
const OVERLOAD = 5
const P99_MS = 20
const MAX_MS = 100
const SAID = /^turns (\{.*\})$/m
const LOOK_MS = 20
const ATTEMPTS = 3
const TIMEOUT_MS = 120_000

type Figures = Record<'p50' | 'p99' | 'max', number>

interface Turns {
  /** As monitorEventLoopDelay has it. */
  delay: Figures
  /** Without what the thread was kept from a CPU. */
  own: Figures
  kept: Figures
  turns: number
}

function words({ p50, p99, max }: Figures): string {
  return `p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} max ${max.toFixed(1)}`
}

interface Overload {
  turns: Turns
  lastedMs: number
  /** By the generators, of which so many were read. */
  seen: number
  consumed: number
  /** Of tables. */
  taken: number
  refused: string[]
  code: number | null
}

async function run(transport: Transport): Promise<Overload> {
  const here = new RunDir()
  onTestFinished(() => here.clear())
  const args = ['serve', '--source', 'kernel', '--transport', transport, '--port', '0']
  const agent = await here.runWith({ NODE_OPTIONS: `--import ${WATCH}` }, ...args).ready()
  const page = await Page.connect(agent, ROWS_PER_SECOND)
  const replies: (string | null)[] = []
  for (const eventType of ['load', 'syscall'] as const) {
    replies.push(await page.command({ op: 'mode', eventType, mode: 'both' }))
  }
  const least = leastCapacity('debug', defaultSettings(), { transport, cpus: possibleCpus() })
  const tables = page.count('tables')
  agent.child.kill('SIGUSR2')
  const start = performance.now()
  for (const times of MULTIPLES) {
    const bytes = times === null ? LARGEST : times * least
    replies.push(await page.command({ op: 'resize', slot: 'debug', bytes }))
  }
  await sleep(Math.max(0, OVERLOAD_MS - (performance.now() - start)))
  const lastedMs = performance.now() - start
  const taken = page.count('tables') - tables
  const debug = page.health?.fates.find(({ slot, type }) => slot === 'debug' && type === 'load')
  agent.child.kill('SIGUSR2')
  while (!SAID.test(agent.stderr) && agent.child.exitCode === null) await sleep(LOOK_MS)
  page.close()
  const { code, stderr } = await agent.signal('SIGTERM')
  const turns = JSON.parse(SAID.exec(stderr)?.[1] ?? 'null') as Turns
  const refused = replies.filter((why) => why !== null)
  return { turns, lastedMs, seen: debug?.seen ?? 0, consumed: debug?.consumed ?? 0, taken, refused, code }
}

test.each(TRANSPORTS)(
  '[RNG-1] under overload, resizes and takings of tables the event loop turns within 20 ms, and never takes 100 (%s)',
  { timeout: TIMEOUT_MS },
  async (transport) => {
    for (let attempt = 1; ; attempt += 1) {
      const { turns, lastedMs, seen, consumed, taken, refused, code } = await run(transport)
      const { own, kept } = turns
      console.info(
        `${transport}, attempt ${attempt}: ${seen} generated in ${lastedMs.toFixed(0)} ms, ` +
          `${(seen / consumed).toFixed(1)} times what was read; ${MULTIPLES.length} resizes, ${taken} takings of tables; ` +
          `${turns.turns} turns, ms:\n` +
          `  event loop ${words(turns.delay)}\n  kept from a CPU ${words(kept)}\n  without that ${words(own)}`,
      )
      expect(code).toBe(0)
      expect(refused).toEqual([])
      expect(taken, 'takings of tables').toBeGreaterThan(0)
      expect(seen / consumed, 'the overload').toBeGreaterThanOrEqual(OVERLOAD)
      // A host that keeps this thread from a CPU for so long does the same to those that it shares locks with.
      const isBusy = kept.max > MAX_MS
      if ((own.p99 > P99_MS || own.max > MAX_MS) && isBusy && attempt < ATTEMPTS) continue
      expect(own.p99).toBeLessThanOrEqual(P99_MS)
      expect(own.max).toBeLessThanOrEqual(MAX_MS)
      return
    }
  },
)
