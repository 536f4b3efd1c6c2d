#!/usr/bin/env node
/**
 * `npm run bench`: what Ringside costs and loses, each figure against a reference of the same run, with its goal.
 * `-- NAME …` runs the benches of these names. `-- --once` takes each measurement once and short, and fails where one
 * yields no number or a ledger does not add up; times it does not judge. All figures: build/bench.json.
 */
import { spawn } from 'node:child_process'
import { once as event } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release } from 'node:os'
import { join } from 'node:path'
import { BENCHES, BUILDS, missingFor, pick, remarksFor } from './bench/benches.mjs'
import { checkRow, describe, isMet } from './bench/table.mjs'
import { buildKernelParts, buildRest } from './lib/build.mjs'
import { quietEnv, ROOT } from './lib/run.mjs'
import { explain, StepError, Steps } from './lib/steps.mjs'

const FILE = join(ROOT, 'build', 'bench.json')

const args = process.argv.slice(2)
const isOnce = args.includes('--once')
const { picked, unknown } = pick(args.filter((arg) => arg !== '--once'))

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof StepError)) throw error
  print(`\n${explain(error)}`)
  process.exitCode = 1
}

/** @returns {Promise<number>} the exit code */
async function main() {
  if (unknown.length > 0) {
    print(`There is no bench ${unknown.join(', ')}. There are: ${BENCHES.map(({ name }) => name).join(', ')}\n`)
    return 1
  }
  const missing = missingFor(picked)
  for (const { what, mend } of missing) print(`MISSING: ${what}\nTo mend this: ${mend}\n`)
  if (missing.length > 0) return 1
  await build()
  const host = { kernel: release(), node: process.version, cpu: cpus()[0]?.model, cpus: availableParallelism() }
  const [load] = loadavg()
  if (!isOnce) for (const remark of remarksFor(picked, { load, cpus: host.cpus })) print(`Note: ${remark}\n`)
  const results = []
  for (const bench of picked) results.push(await measure(bench))
  const failures = results.flatMap((result) => result.failures)
  print(summary(results, failures))
  if (!isOnce) write({ host, loadBefore: load, loadAfter: loadavg()[0], results })
  return failures.length > 0 ? 1 : 0
}

/** What is measured is what the sources say now. */
async function build() {
  const steps = new Steps('bench')
  await steps.step('Build', 'what is measured is what the sources say now', async (step) => {
    await buildKernelParts(step)
    await buildRest(step, true)
    for (const script of BUILDS) {
      await step.must({ command: process.execPath, args: [script], mend: `node ${script}` })
    }
  })
}

/** @returns {Promise<{ name: string, seconds: number, rows: object[], failures: string[] }>} */
async function measure({ name, title, script }) {
  print(`\n${title} (${name})\n`)
  const start = Date.now()
  const { rows, why } = await rowsOf(script)
  const seconds = (Date.now() - start) / 1000
  if (why !== '') {
    print(`  FAILED: ${why}\n`)
    return { name, seconds, rows, failures: [`${name}: ${why}`] }
  }
  print(`${describe(rows, !isOnce).join('\n')}\n`)
  const failures = rows.map(checkRow).filter(({ ok }) => !ok)
  return { name, seconds, rows, failures: failures.map((failure) => `${name}: ${failure.why}`) }
}

/** The last line of a bench's output is its rows; what it says meanwhile goes to the terminal. */
async function rowsOf(script) {
  const argv = [join(ROOT, script), '--rows', ...(isOnce ? ['--once'] : [])]
  const child = spawn(process.execPath, argv, { cwd: ROOT, env: quietEnv(), stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const [code, signal] = await event(child, 'close')
  if (code !== 0) return { rows: [], why: `${script} ended with ${signal ?? `exit ${code}`}` }
  try {
    return { rows: JSON.parse(output.trim().split('\n').at(-1)), why: '' }
  } catch {
    return { rows: [], why: `${script} did not print its rows` }
  }
}

function summary(results, failures) {
  const verdicts = results.flatMap(({ rows }) => rows.map(isMet))
  const seconds = results.reduce((total, one) => total + one.seconds, 0)
  const goals = `${verdicts.filter((met) => met === true).length} goals met, ${verdicts.filter((met) => met === false).length} missed`
  const lines = [`\n${verdicts.length} measurements in ${seconds.toFixed(0)} s${isOnce ? '' : `: ${goals}`}`]
  return `${[...lines, ...failures.map((failure) => `FAILED: ${failure}`)].join('\n')}\n`
}

function write(report) {
  mkdirSync(join(ROOT, 'build'), { recursive: true })
  writeFileSync(FILE, `${JSON.stringify({ time: new Date().toISOString(), ...report }, null, 1)}\n`)
  print(`All figures: build/bench.json\n`)
}

function print(text) {
  process.stdout.write(text)
}
