/** Buffers that are swapped while they are written and read, under ThreadSanitizer, which Node itself would not bear. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PROGRAM = join(ROOT, 'build', 'race', 'swap')
const SOURCES = ['test/race/swap.cc', ...['cursor', 'ringcursor', 'perfcursor'].map((name) => `src/records/${name}.cc`)]
const FLAGS = ['-std=c++17', '-g', '-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=thread', '-pthread']
const RECORDS_OF_EACH_STREAM = 20_000
const SWAPS_MIN = 10
const LONG_MS = 300_000

function run(command: string, args: string[]) {
  return spawnSync(command, args, {
    encoding: 'utf8',
    cwd: ROOT,
    env: { ...process.env, TSAN_OPTIONS: 'halt_on_error=1' },
  })
}

beforeAll(() => {
  mkdirSync(join(ROOT, 'build', 'race'), { recursive: true })
  const { status, stderr } = run('clang++', [...FLAGS, ...SOURCES, '-o', PROGRAM])
  if (status !== 0) throw new Error(stderr)
}, LONG_MS)

test('[NAT-29] [QA-3] no thread races another, and every stream comes whole and in order', { timeout: LONG_MS }, () => {
  const { status, stdout, stderr } = run(PROGRAM, [String(RECORDS_OF_EACH_STREAM)])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(results).toMatchObject([
    { kind: 'ring', records: 2 * RECORDS_OF_EACH_STREAM },
    { kind: 'perf', records: 2 * RECORDS_OF_EACH_STREAM },
  ])
  for (const { buffers } of results) expect(buffers).toBeGreaterThan(SWAPS_MIN)
})
