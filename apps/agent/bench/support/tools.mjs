/** Starts the programs in C of packages/native/bench, and hands on what they print. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const FOLDER = new URL('../../../../packages/native/build/bench/', import.meta.url)

/** A program that says "ready" first, then waits, and prints JSON at its end. */
export class Tool {
  #child
  #output = ''
  #ended

  /** @param {string} name @param {(string | number)[]} args */
  constructor(name, args) {
    this.#child = spawn(fileURLToPath(new URL(name, FOLDER)), args.map(String), { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.#output += text
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    this.#ended = once(this.#child, 'close').then(([code, signal]) => {
      if (code !== 0) throw new Error(`${name} ended with ${signal ?? `code ${code}`}: ${said}`)
    })
    this.#ended.catch(() => undefined)
  }

  async ready() {
    const said = new Promise((resolve) => {
      this.#child.stdout.on('data', () => this.#output.startsWith('ready\n') && resolve())
    })
    await Promise.race([said, this.#ended])
    return this
  }

  go() {
    this.#child.stdin.write('\n')
    return this.result()
  }

  stop() {
    this.#child.kill('SIGTERM')
    return this.result()
  }

  /** Ends it, whatever it is about; it tells nothing then. */
  async kill() {
    this.#child.kill('SIGKILL')
    await this.#ended.catch(() => undefined)
  }

  async result() {
    await this.#ended
    return JSON.parse(this.#output.replace('ready\n', ''))
  }
}

/** Runs a program that waits for nothing. */
export function runTool(name, ...args) {
  return new Tool(name, args).result()
}
