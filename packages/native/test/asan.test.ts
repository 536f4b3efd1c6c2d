/** The tests of the addon once more, with the addon built with AddressSanitizer and UndefinedBehaviorSanitizer. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUILD_MS = 300_000
const RUN_MS = 300_000
const TESTS_MIN = 100

let addon: string
let folder: string
let env: NodeJS.ProcessEnv

beforeAll(() => {
  const script = join(ROOT, 'scripts', 'asan.mjs')
  const built = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }))
  addon = built.addon
  const reports = join(dirname(addon), 'reports')
  mkdirSync(reports, { recursive: true })
  folder = mkdtempSync(join(reports, 'run-'))
  const log = `log_path=${join(folder, 'report')}`
  env = {
    ...process.env,
    LD_PRELOAD: built.preload,
    RINGSIDE_ASAN_ADDON: addon,
    NODE_OPTIONS: `--require ${join(ROOT, 'test', 'asan', 'preload.cjs')}`,
    // Node and V8 free nothing when a process ends: each of theirs would be told as a leak.
    ASAN_OPTIONS: `detect_leaks=0:${log}`,
    UBSAN_OPTIONS: `print_stacktrace=1:${log}`,
  }
}, BUILD_MS)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('[NAT-28] it is this addon that the package loads then, and the sanitizers are awake', { timeout: RUN_MS }, () => {
  const script = `
    await import('@ringside/native')
    console.log((await import('node:fs')).readFileSync('/proc/self/maps', 'utf8'))`
  const maps = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: ROOT,
    env,
  })
  expect(maps).toContain(addon)
  expect(maps).toContain('libasan')
  expect(maps).not.toContain(join('Release', 'ringside_native.node'))
})

test('[NAT-28] [QA-3] the tests of the addon pass without a report', { timeout: RUN_MS }, () => {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const results = join(folder, 'results.json')
  const args = [vitest, 'run', '--config', 'vitest.asan.config.ts', '--reporter=json', `--outputFile=${results}`]
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: ROOT,
    env,
    maxBuffer: 64 << 20,
  })
  const reports = readdirSync(folder).filter((name) => name.startsWith('report'))
  expect(reports.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([])
  const { numPassedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'))
  const failed = testResults
    .flatMap((file: { assertionResults: { status: string; fullName: string }[] }) => file.assertionResults)
    .filter((one: { status: string }) => one.status === 'failed')
    .map((one: { fullName: string }) => one.fullName)
  expect(failed, `${stdout}${stderr}`).toEqual([])
  expect(numPassedTests).toBeGreaterThan(TESTS_MIN)
})
