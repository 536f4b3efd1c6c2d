/**
 * Has both transports measured by a process of its own, so that what is watched goes on undisturbed: one at a time,
 * bounded in time and in what it may say, with an empty environment. Its standard output is the runs as JSON; each line of
 * its standard error says what it does now, or, the last one, why it failed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { type Comparison, parseAgentMessage } from '@ringside/protocol'
import { messageOf, type Problem } from '../../problem.ts'

/** Without a sign of progress. */
const LIMIT_MS = 60_000
const REPORT_MAX_CHARACTERS = 256 * 1024
const LINE_MAX_CHARACTERS = 400

export interface ComparerOptions {
  onChange: (comparison: Comparison) => void
  /** Absolute path of the program, and its arguments. */
  command: readonly [string, ...string[]]
  limitMs?: number
}

export class Comparer {
  readonly #options: ComparerOptions
  #child: ChildProcess | null = null
  #runs: Comparison['runs'] = []

  constructor(options: ComparerOptions) {
    this.#options = options
    this.#tell('none', '')
  }

  /** @returns why it does not begin; null: it has begun */
  start(): Problem | null {
    if (this.#child !== null) return RUNNING
    this.#runs = []
    this.#tell('running', 'beginning')
    const [program, ...args] = this.#options.command
    const child = spawn(program, args, { env: {}, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#follow(child)
    return null
  }

  /** Ends what is being measured. */
  stop(): void {
    this.#child?.kill('SIGKILL')
  }

  #follow(child: ChildProcess): void {
    const limitMs = this.#options.limitMs ?? LIMIT_MS
    let report = ''
    let line = ''
    let why = ''
    const end = (reason: string) => {
      why ||= reason
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end(`nothing has been heard of it for ${limitMs / 1000} s`), limitMs)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      report += text
      if (report.length > REPORT_MAX_CHARACTERS) end('it said more than there is to say')
    })
    let rest = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(-LINE_MAX_CHARACTERS)
      line = lines.findLast((one) => one.trim() !== '')?.slice(0, LINE_MAX_CHARACTERS) ?? line
      timer.refresh()
      if (this.#child === child && why === '') this.#tell('running', line)
    })
    child.on('error', (error) => {
      why ||= `it could not be started: ${messageOf(error)}`
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      this.#child = null
      if (why === '' && code !== 0) why = rest.trim() || line || `it ended with ${signal ?? `code ${code}`}`
      if (why !== '') this.#tell('failed', why)
      else this.#finish(report)
    })
  }

  #finish(report: string): void {
    const runs = this.#runsOf(report)
    this.#runs = runs ?? []
    if (runs === null) this.#tell('failed', 'what it printed is not the report of a comparison')
    else this.#tell('done', '')
  }

  /** Checked like a message of the socket, since it becomes one. */
  #runsOf(report: string): Comparison['runs'] | null {
    let runs: unknown
    try {
      runs = JSON.parse(report)
    } catch {
      return null
    }
    const parsed = parseAgentMessage(JSON.stringify({ ...this.#message('done', ''), runs }))
    return parsed.ok && parsed.value.type === 'comparison' ? parsed.value.runs : null
  }

  #tell(state: Comparison['state'], text: string): void {
    this.#options.onChange({ ...this.#message(state, text), runs: this.#runs })
  }

  #message(state: Comparison['state'], text: string): Omit<Comparison, 'runs'> {
    return { type: 'comparison', state, text, timeMs: Date.now() }
  }
}

const RUNNING: Problem = {
  code: 'busy',
  message: 'the transports are being compared already',
  hint: 'Wait until the figures are there.',
}
