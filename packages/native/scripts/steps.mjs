/**
 * What the build steps share: running a command, and failing with a cause and a mend instead of a stack trace.
 */
import { spawnSync } from 'node:child_process'

const ERROR_TAIL_CHARS = 3000

/** A step that failed for a reason somebody can mend; `mend` is the command or the action that does it. */
export class StepError extends Error {
  constructor(message, mend) {
    super(message)
    this.name = 'StepError'
    this.mend = mend
  }
}

/** Runs a command to its end and returns its standard output; a failure carries the end of what it printed. */
export function run(command, args, options = {}) {
  const { mend = '', ...spawnOptions } = options
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 << 20, ...spawnOptions })
  if (result.error?.code === 'ENOENT') {
    throw new StepError(`${command} is not installed`, mend || `install ${command}`)
  }
  if (result.status !== 0) {
    const printed = `${result.stdout ?? ''}${result.stderr ?? ''}`.slice(-ERROR_TAIL_CHARS).trim()
    const end = result.status === null ? (result.signal ?? result.error?.code) : `exit ${result.status}`
    throw new StepError(`${command} ${args.join(' ')} failed (${end})\n${printed}`, mend)
  }
  return result.stdout
}

export function say(step, message) {
  process.stderr.write(`[${step}] ${message}\n`)
}

/** Runs a step as a program: prints cause and mend and exits 1 when it fails. */
export async function main(step, body) {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    say(step, error.message)
    if (error.mend) say(step, `to mend this: ${error.mend}`)
    process.exitCode = 1
  }
}
