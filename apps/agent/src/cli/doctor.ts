/** `ringside doctor`: what this host can do, item by item, and what mends what it cannot. */
import { existsSync } from 'node:fs'
import { messageOf } from '../problem.ts'
import { type Ability, probeKernel } from '../source/probe.ts'
import { findAgent } from './ask-agent.ts'
import { EXIT } from './exit-codes.ts'
import { FLOCK_PATHS } from './owner/lock.ts'
import type { OwnerRecord } from './owner/record.ts'
import { selfTest } from './self-test.ts'
import { tableOf } from './table.ts'
import { WEB_FOLDER } from './web-folder.ts'

export interface DoctorReport {
  /** Whether everything that the kernel source needs is there. */
  ok: boolean
  agent: { pid: number; url: string } | null
  abilities: Ability[]
}

/** @returns the exit code */
export async function runDoctor(options: { json?: boolean }, say: (text: string) => void): Promise<number> {
  const report = await examine()
  say(options.json ? JSON.stringify(report, null, 2) : describe(report))
  return report.ok ? EXIT.ok : EXIT.failed
}

async function examine(): Promise<DoctorReport> {
  const owner = findAgent()
  const kernel = await probeKernel()
  const works = kernel.every((item) => item.ok)
  const abilities = [...kernel, await examineEmit(owner, works), examinePage(), examineLock()]
  return {
    ok: abilities.every((item) => item.ok),
    agent: owner && { pid: owner.pid, url: owner.url },
    abilities,
  }
}

/** The self-test of the agent that runs here, or one of our own. */
async function examineEmit(owner: OwnerRecord | null, works: boolean): Promise<Ability> {
  const item = { id: 'self-test', title: 'Every event is accounted for' }
  const mend = 'do not trust the numbers, and report the line above with the kernel version'
  if (owner?.selfTest) {
    const { ok, text } = owner.selfTest
    return { ...item, ok, detail: `at the start of the agent: ${text}`, mend: ok ? '' : mend }
  }
  if (!works) return { ...item, ok: false, detail: 'not tried', mend: 'mend what is missing above' }
  try {
    const { ok, text } = await selfTest()
    return { ...item, ok, detail: text, mend: ok ? '' : mend }
  } catch (thrown) {
    return { ...item, ok: false, detail: messageOf(thrown), mend }
  }
}

function examinePage(): Ability {
  const ok = existsSync(`${WEB_FOLDER}/index.html`)
  const detail = ok ? 'built' : 'not built'
  return { id: 'page', title: 'The page', ok, detail, mend: ok ? '' : 'npx turbo run build' }
}

function examineLock(): Ability {
  const flock = FLOCK_PATHS.find((path) => existsSync(path))
  const item = { id: 'flock', title: 'One agent at a time' }
  if (flock !== undefined) return { ...item, ok: true, detail: flock, mend: '' }
  return { ...item, ok: false, detail: 'flock(1) is missing', mend: 'apt-get install util-linux' }
}

function describe({ ok, agent, abilities }: DoctorReport): string {
  const rows = abilities.map(({ ok, title, detail }) => [ok ? '✓' : '✗', title, detail])
  const mends = abilities.filter((item) => !item.ok).map(({ title, mend }) => `✗ ${title}\n  To mend this: ${mend}`)
  return [
    agent === null ? 'No agent runs on this host.' : `An agent runs on this host: pid ${agent.pid}, ${agent.url}`,
    '',
    tableOf(rows, [false, false, false]),
    '',
    ...(ok ? ['This host can do all that Ringside needs.'] : mends),
  ].join('\n')
}
