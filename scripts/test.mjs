#!/usr/bin/env node
/**
 * `npm test`: set-up as `npm start` does it, then every check and every suite, one at a time. The last line is the sum.
 * Arguments pick suites by a part of their name.
 */
import { join, relative } from 'node:path'
import { KERNEL_PACKAGES, TEST_PACKAGES } from './lib/packages.mjs'
import { ROOT, tail } from './lib/run.mjs'
import { setUp } from './lib/set-up.mjs'
import { explain, StepError, Steps } from './lib/steps.mjs'
import { suites } from './lib/suites.mjs'

const LINES_SHOWN = 80
const picked = process.argv.slice(2)
const isPicked = ({ name }) => picked.length === 0 || picked.some((part) => name.includes(part))

const total = { passed: 0, failed: 0 }
try {
  const steps = new Steps('test')
  await setUp(steps, { packages: [...KERNEL_PACKAGES, ...TEST_PACKAGES], kernel: 'required' })
  printTable(await runSuites(suites().filter(isPicked)))
} catch (error) {
  total.failed += 1
  process.stdout.write(error instanceof StepError ? `\n${explain(error)}` : `\n${error.stack}\n`)
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

async function runSuites(all) {
  const rows = []
  process.stdout.write('\n')
  for (const [at, suite] of all.entries()) {
    const log = join(ROOT, 'build', 'logs', 'test', `suite-${at + 1}.log`)
    const start = Date.now()
    const counts = await suite.run(log)
    const row = { name: suite.name, ...counts, seconds: (Date.now() - start) / 1000 }
    rows.push(row)
    total.passed += row.passed
    total.failed += row.failed
    process.stdout.write(`${line(row)}\n`)
    if (row.failed > 0) printFailure(suite, row, log)
  }
  return rows
}

function printFailure({ mend }, { failures }, log) {
  for (const failure of failures) process.stdout.write(`    × ${failure}\n`)
  process.stdout.write(`${tail(log, LINES_SHOWN)}\nTo see it alone: ${mend}\n`)
  process.stdout.write(`Full log: ${relative(process.cwd(), log)}\n\n`)
}

function printTable(rows) {
  process.stdout.write(`\n${rows.map(line).join('\n')}\n\n`)
}

function line({ name, passed, failed, seconds }) {
  const columns = [
    `${passed} passed`.padStart(12),
    `${failed} failed`.padStart(10),
    `${seconds.toFixed(1)} s`.padStart(9),
  ]
  return `${name.padEnd(32)}${columns.join('')}`
}
