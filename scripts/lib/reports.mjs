/**
 * Reads what the test runners report. A runner that ends badly, reports nothing or ran no test counts as a failure, and
 * so does a test that was skipped: where something cannot be tested, the run must say so.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'

/** @param {{ ok: boolean, end: string }} ended how the runner ended */
export function vitestCounts(file, ended) {
  return counts(file, ended, (report) => {
    const files = report.testResults
    const tests = files.flatMap((one) => one.assertionResults)
    const unloaded = files.filter((one) => one.status === 'failed' && one.assertionResults.every(isPassed))
    return {
      passed: tests.filter(isPassed).length,
      failures: [
        ...tests.filter((test) => !isPassed(test)).map((test) => `${test.fullName} (${test.status})`),
        ...unloaded.map((one) => `${one.name}: ${one.message}`),
      ],
    }
  })
}

export function playwrightCounts(file, ended) {
  return counts(file, ended, (report) => {
    const tests = report.suites.flatMap(specsOf).flatMap((spec) => spec.tests.map((test) => ({ spec, test })))
    const good = ({ test }) => test.status === 'expected'
    return {
      passed: tests.filter(good).length,
      failures: [
        ...tests.filter((one) => !good(one)).map(({ spec, test }) => `${spec.title} (${test.status})`),
        ...report.errors.map((error) => error.message),
      ],
    }
  })
}

function counts(file, ended, read) {
  const none = { passed: 0, failures: [] }
  const { passed, failures } = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : none
  // A report of an earlier run must not stand in for one that is never written.
  rmSync(file, { force: true })
  if (failures.length === 0 && passed === 0) failures.push(`ran no test (${ended.end})`)
  else if (failures.length === 0 && !ended.ok) failures.push(`the runner ended with ${ended.end}`)
  return { passed, failed: failures.length, failures }
}

function isPassed(test) {
  return test.status === 'passed'
}

function specsOf(suite) {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)]
}
