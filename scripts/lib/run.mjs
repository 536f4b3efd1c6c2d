/** Runs commands for the other scripts: their output goes to a log, or straight to the terminal. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What every child gets: nothing that we run reports to anybody, asks a question or looks for a newer version. */
export function quietEnv(extra = {}) {
  return {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    DO_NOT_TRACK: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    ...extra,
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ log?: string, cwd?: string, env?: Record<string, string>, timeout?: number }} options `log`: a file that the output is
 *   appended to; without it the output is the terminal's
 * @returns {Promise<{ ok: boolean, end: string }>} `end` says how it ended: "exit 1", "SIGKILL", "not found"
 */
export async function run(command, args, { log, cwd = ROOT, env = {}, timeout } = {}) {
  const file = log ? createWriteStream(log, { flags: 'a' }) : null
  file?.write(`$ ${[command, ...args].join(' ')}\n`)
  try {
    return await ended(
      spawn(command, args, { cwd, env: quietEnv(env), stdio: ['ignore', ...outputs(file)], timeout }),
      file,
    )
  } finally {
    if (file) await once(file.end(), 'finish')
  }
}

function outputs(file) {
  return file ? ['pipe', 'pipe'] : ['inherit', 'inherit']
}

function ended(child, file) {
  child.stdout?.on('data', (chunk) => file.write(chunk))
  child.stderr?.on('data', (chunk) => file.write(chunk))
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, end: error.code === 'ENOENT' ? 'not found' : error.message }))
    child.once('close', (code, signal) => resolve({ ok: code === 0, end: signal ?? `exit ${code}` }))
  })
}

/** The last lines of a log that say something. */
export function tail(file, lines = 20) {
  const text = readFileSync(file, 'utf8')
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .join('\n')
}
