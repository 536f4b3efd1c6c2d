/** The built command as a user runs it: a process of its own, in a run directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../bin/ringside.js', import.meta.url))
const LINK = /http:\/\/127\.0\.0\.1:(\d+)\S*\/#token=(\S+)\n/

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
  milliseconds: number
}

export class AgentProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  stdout = ''
  stderr = ''

  /** @param env beside that of the tests */
  constructor(runDir: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const startedAt = performance.now()
    this.child = spawn(process.execPath, [CLI, ...args], {
      env: { ...process.env, ...env, RINGSIDE_RUN_DIR: runDir },
    })
    this.child.stdout?.on('data', (data) => {
      this.stdout += data
    })
    this.child.stderr?.on('data', (data) => {
      this.stderr += data
    })
    this.ended = new Promise((resolve) =>
      this.child.on('close', (code) => {
        const milliseconds = performance.now() - startedAt
        resolve({ code, stdout: this.stdout, stderr: this.stderr, milliseconds })
      }),
    )
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  get port(): number {
    return Number(LINK.exec(this.stdout)?.[1])
  }

  get token(): string {
    return LINK.exec(this.stdout)?.[2] ?? ''
  }

  /** Resolves when the link is printed; rejects when the process ends before that. */
  async ready(): Promise<this> {
    const printed = new Promise<void>((resolve) => {
      this.child.stdout?.on('data', () => LINK.test(this.stdout) && resolve())
    })
    const failed = this.ended.then(({ code, stderr }) => {
      throw new Error(`ended with code ${code}: ${stderr}`)
    })
    failed.catch(() => undefined)
    await Promise.race([printed, failed])
    return this
  }

  async signal(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal)
    return this.ended
  }
}

/** A run directory, and what runs in it; all of it is gone after `clear`. */
export class RunDir {
  readonly path = mkdtempSync(join(tmpdir(), 'ringside-run-'))
  readonly #processes: AgentProcess[] = []

  run(...args: string[]): AgentProcess {
    return this.runWith({}, ...args)
  }

  runWith(env: NodeJS.ProcessEnv, ...args: string[]): AgentProcess {
    const process = new AgentProcess(this.path, args, env)
    this.#processes.push(process)
    return process
  }

  serve(...args: string[]): AgentProcess {
    return this.run('serve', '--source', 'synthetic', '--port', '0', ...args)
  }

  async clear(): Promise<void> {
    for (const { child } of this.#processes) child.kill('SIGKILL')
    await Promise.all(this.#processes.map((process) => process.ended))
    rmSync(this.path, { recursive: true })
  }
}
