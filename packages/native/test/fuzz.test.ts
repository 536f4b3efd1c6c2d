/** The fuzzers of both readers, for a bounded time. Longer: `npm run fuzz --workspace @ringside/native`. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../fuzz/run.mjs', import.meta.url))
const SECONDS_EACH = '6'
/** A hundredth of what an idle host does in that time. */
const EXECUTIONS_MIN = 5000
const LONG_MS = 180_000

describe('any bytes', () => {
  test('[NAT-27] [QA-2] end in records or fault, and what is copied is exact', { timeout: LONG_MS }, () => {
    const printed = execFileSync(process.execPath, [SCRIPT, '--seconds', SECONDS_EACH], { encoding: 'utf8' })
    const results = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(results).toMatchObject([
      { kind: 'ring', ok: true },
      { kind: 'perf', ok: true },
    ])
    for (const { executions } of results) expect(executions).toBeGreaterThan(EXECUTIONS_MIN)
  })
})
