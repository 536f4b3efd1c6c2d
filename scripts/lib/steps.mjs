/** Steps of a set-up: each is announced with its reason, timed, logged, and explains itself when it fails. */
import { mkdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ROOT, run, tail } from './run.mjs'

/** A step that somebody can mend. */
export class StepError extends Error {
  /** @param {{ why: string, mend: string, log?: string }} failure */
  constructor({ why, mend, log }) {
    super(why)
    this.name = 'StepError'
    this.mend = mend
    this.log = log
  }
}

export class Steps {
  #folder
  #count = 0
  #write

  /** @param {string} name of the run; its logs are in build/logs/<name> */
  constructor(name, write = (text) => process.stdout.write(text)) {
    this.#write = write
    this.#folder = join(ROOT, 'build', 'logs', name)
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder, { recursive: true })
  }

  /**
   * @template T
   * @param {string} title what the step does
   * @param {string} because why it is done
   * @param {(step: { log: string, say: (text: string) => void, must: Function }) => Promise<T> | T} body
   * @returns {Promise<T>}
   */
  async step(title, because, body) {
    this.#count += 1
    const number = String(this.#count).padStart(2)
    const log = join(this.#folder, `${number.trim().padStart(2, '0')}-${title.replace(/[^a-zA-Z0-9]+/g, '-')}.log`)
    this.#write(`${number}  ${title}: ${because}\n`)
    const say = (text) => this.#write(`    ${text}\n`)
    const start = Date.now()
    try {
      const result = await body({ log, say, must: (what) => must(log, what) })
      say(`done in ${((Date.now() - start) / 1000).toFixed(1)} s`)
      return result
    } catch (error) {
      if (error instanceof StepError) error.step = title
      throw error
    }
  }
}

/** Runs a command of a step; throws a StepError with the end of its output when it fails. */
async function must(log, { command, args, mend, ...options }) {
  const { ok, end } = await run(command, args, { ...options, log })
  if (ok) return
  throw new StepError({ why: `${[command, ...args].join(' ')} ended with ${end}\n${indent(tail(log))}`, mend, log })
}

/** The failure as the person who has to mend it wants to read it. */
export function explain(error) {
  const lines = [`FAILED at "${error.step}": ${error.message}`, `To mend this: ${error.mend}`]
  if (error.log) lines.push(`Full log: ${relative(process.cwd(), error.log)}`)
  return `${lines.join('\n')}\n`
}

function indent(text) {
  return text.replace(/^/gm, '      ')
}
