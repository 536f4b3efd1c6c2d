#!/usr/bin/env node
/**
 * Fuzzes the readers of rings and of perf buffers with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer:
 * `npm run fuzz --workspace @ringside/native -- --seconds 60` (for each of the two), or `--runs 1000000`.
 * Prints one line of JSON for each; exits 1 when something was found. What a run learns is kept for the next.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { main, run, StepError, say } from '../scripts/steps.mjs'

const SECONDS_DEFAULT = 60
/** A header, and a page of data. */
const INPUT_BYTES_MAX = 22 + 4096
const TIMEOUT_OF_ONE_S = 5
const MEMORY_MIB = 2048
const SHOWN_CHARS = 4000
const MEND = 'apt-get install clang libclang-rt-14-dev g++'
const KINDS = ['ring', 'perf']

const here = fileURLToPath(new URL('.', import.meta.url))
const out = join(here, '..', 'build', 'fuzz')
const FLAGS = [
  '-std=c++17',
  '-g',
  '-O2',
  '-Wall',
  '-Wextra',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
]

/** Coverage is asked of the readers alone, so that the fuzzer does not spend itself on the model beside them. */
function build(kind) {
  const compile = (source, object, flags) => {
    run('clang++', [...FLAGS, ...flags, '-c', source, '-o', object], { mend: MEND })
    return object
  }
  const readers = ['cursor', `${kind}cursor`].map((name) =>
    compile(join(here, '..', 'src', 'records', `${name}.cc`), join(out, `${kind}-${name}.o`), [
      '-fsanitize=fuzzer-no-link',
    ]),
  )
  const harness = compile(join(here, `${kind}.cc`), join(out, `${kind}-harness.o`), [])
  const program = join(out, kind)
  run('clang++', [...FLAGS, '-fsanitize=fuzzer', harness, ...readers, '-o', program], { mend: MEND })
  return program
}

function fuzz(kind, bounds) {
  const program = build(kind)
  const corpus = join(out, 'corpus', kind)
  const findings = join(out, 'findings', '/')
  for (const folder of [corpus, findings]) mkdirSync(folder, { recursive: true })
  const limits = [`-max_len=${INPUT_BYTES_MAX}`, `-timeout=${TIMEOUT_OF_ONE_S}`, `-rss_limit_mb=${MEMORY_MIB}`]
  const args = [...bounds, ...limits, `-artifact_prefix=${findings}${kind}-`, '-print_final_stats=1']
  const { status, stderr } = spawnSync('nice', ['-n', '19', program, ...args, corpus, join(here, 'seeds', kind)], {
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  })
  writeFileSync(join(out, `${kind}.log`), stderr)
  const executions = Number(/number_of_executed_units:\s*(\d+)/.exec(stderr)?.[1] ?? 0)
  process.stdout.write(`${JSON.stringify({ kind, executions, ok: status === 0 })}\n`)
  if (status === 0) return true
  process.stderr.write(`${stderr.slice(-SHOWN_CHARS)}\n`)
  say('fuzz', `${kind}: found something; see ${out}`)
  return false
}

function asked() {
  const { values } = parseArgs({ options: { seconds: { type: 'string' }, runs: { type: 'string' } } })
  const count = Number(values.runs ?? values.seconds ?? SECONDS_DEFAULT)
  if (!Number.isSafeInteger(count) || count < 1) throw new StepError('a number is expected', '--seconds 60')
  return values.runs === undefined ? [`-max_total_time=${count}`] : [`-runs=${count}`]
}

await main('fuzz', () => {
  const bounds = asked()
  mkdirSync(out, { recursive: true })
  // Both, also when the first has found something.
  const clean = KINDS.map((kind) => fuzz(kind, bounds)).every(Boolean)
  if (!clean) process.exitCode = 1
})
