/** The suites of `npm test`, one after the other: what to run, and where each leaves its report. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { checks, workspaces } from './checks.mjs'
import { playwrightCounts, vitestCounts } from './reports.mjs'
import { ROOT, run } from './run.mjs'

const REPORTS = join(ROOT, 'build', 'reports')
const SUITE_TIMEOUT_MS = 25 * 60_000

/**
 * @typedef {{ passed: number, failed: number, failures: string[] }} Counts
 * @typedef {{ name: string, mend: string, run: (log: string) => Promise<Counts> }} Suite
 * @returns {Suite[]}
 */
export function suites() {
  mkdirSync(REPORTS, { recursive: true })
  const withTests = ['scripts', ...workspaces()].filter((folder) => existsSync(join(ROOT, folder, 'test')))
  return [...checks().map(checkSuite), ...withTests.map(vitestSuite), checkSuite(BENCH), playwrightSuite()]
}

/** Each measurement once and short: that it can be taken, and that the ledgers add up. */
const BENCH = {
  name: 'bench (once)',
  command: process.execPath,
  args: ['scripts/bench.mjs', '--once'],
  mend: 'npm run bench -- --once',
}

function checkSuite({ name, command, args, mend }) {
  return {
    name,
    mend,
    run: async (log) => {
      const { ok } = await run(command, args, { log })
      return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, failures: [] }
    },
  }
}

function vitestSuite(folder) {
  const report = join(REPORTS, `${folder.replace('/', '-')}.json`)
  const vitest = join(ROOT, 'node_modules', '.bin', 'vitest')
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return {
    name: `tests of ${folder}`,
    mend: `cd ${folder} && npx vitest run`,
    run: async (log) =>
      vitestCounts(report, await run(vitest, args, { log, cwd: join(ROOT, folder), timeout: SUITE_TIMEOUT_MS })),
  }
}

function playwrightSuite() {
  const report = join(REPORTS, 'e2e.json')
  const playwright = join(ROOT, 'node_modules', '.bin', 'playwright')
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  return {
    name: 'browser (e2e)',
    mend: 'cd e2e && npx playwright test',
    run: async (log) => {
      const options = { log, env, cwd: join(ROOT, 'e2e'), timeout: SUITE_TIMEOUT_MS }
      return playwrightCounts(report, await run(playwright, ['test', '--reporter=list,json'], options))
    },
  }
}
