#!/usr/bin/env node
/** `npm start`: from a fresh clone to the address of the page. Needs nothing but Node; arguments go to `ringside serve`. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { KERNEL_PACKAGES } from './lib/packages.mjs'
import { quietEnv, ROOT } from './lib/run.mjs'
import { setUp } from './lib/set-up.mjs'
import { explain, StepError, Steps } from './lib/steps.mjs'

const AGENT = join(ROOT, 'apps', 'agent', 'bin', 'ringside.js')

try {
  const failure = await setUp(new Steps('start'), { packages: KERNEL_PACKAGES, kernel: 'preferred' })
  if (failure) warnOfSynthetic(failure)
  serve(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof StepError)) throw error
  process.stderr.write(`\n${explain(error)}`)
  process.exitCode = 1
}

function warnOfSynthetic(failure) {
  const rule = '!'.repeat(100)
  const text = `${explain(failure)}\nThe kernel source cannot be built. What you will see is SYNTHETIC: made up, not this host's events.`
  process.stderr.write(`\n${rule}\n${text}\n${rule}\n\n`)
}

/** Stands for the agent: same process group, same terminal, its signals and its exit code. */
function serve(args) {
  const child = spawn(process.execPath, [AGENT, 'serve', ...args], { stdio: 'inherit', env: quietEnv() })
  // A terminal sends its interrupt to the whole process group: the agent has it already.
  const forwarded = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT']
  process.on('SIGINT', () => {})
  for (const signal of forwarded) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    process.stderr.write(`The agent could not be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.once('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    } else process.exitCode = code
  })
}
