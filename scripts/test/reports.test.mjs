import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { playwrightCounts, vitestCounts } from '../lib/reports.mjs'

const folder = mkdtempSync(join(tmpdir(), 'ringside-reports-'))
const GOOD = { ok: true, end: 'exit 0' }
const BAD = { ok: false, end: 'exit 1' }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function report(content) {
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

const vitestReport = (...statuses) => ({
  testResults: [
    {
      name: 'a.test.ts',
      status: 'passed',
      message: '',
      assertionResults: statuses.map((status) => ({ fullName: 'a', status })),
    },
  ],
})

describe('[set-up] counts of passed and failed', () => {
  it("adds up vitest's tests, and counts a skipped one as failed", () => {
    const counts = vitestCounts(report(vitestReport('passed', 'passed', 'failed', 'skipped')), BAD)
    expect(counts).toMatchObject({ passed: 2, failed: 2 })
  })

  it('counts a test file that could not be loaded', () => {
    const content = {
      testResults: [{ name: 'a.test.ts', status: 'failed', message: 'no such module', assertionResults: [] }],
    }
    expect(vitestCounts(report(content), BAD)).toMatchObject({ passed: 0, failed: 1 })
  })

  it('counts a runner that ended badly although every test passed', () => {
    expect(vitestCounts(report(vitestReport('passed')), BAD)).toMatchObject({ passed: 1, failed: 1 })
  })

  it('counts a runner that ran no test or left no report as a failure', () => {
    expect(vitestCounts(report({ testResults: [] }), GOOD)).toMatchObject({ passed: 0, failed: 1 })
    expect(vitestCounts(join(folder, 'absent.json'), GOOD)).toMatchObject({ passed: 0, failed: 1 })
  })

  it('takes a report only once', () => {
    const file = report(vitestReport('passed'))
    vitestCounts(file, GOOD)
    expect(existsSync(file)).toBe(false)
  })

  it("adds up Playwright's tests in nested suites", () => {
    const spec = (status) => ({ title: 'a', tests: [{ status }] })
    const content = {
      errors: [],
      suites: [{ specs: [spec('expected')], suites: [{ specs: [spec('unexpected'), spec('skipped')] }] }],
    }
    expect(playwrightCounts(report(content), BAD)).toMatchObject({ passed: 1, failed: 2 })
  })
})
