/** A process that makes as many system calls as it is told, and none besides those that are counted here. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { compiled } from './compile.ts'

export const GETPPID = 110
const READ = '0 '
const LOOK_MS = 1

export interface CallerOptions {
  name?: string
  uid?: number
}

export class Caller {
  readonly pid: number
  readonly #process: ChildProcessByStdio<Writable, Readable, null>

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>) {
    this.#process = process
    this.pid = process.pid ?? 0
  }

  /** It ends with the test. */
  static async start({ name = 'rs-caller', uid }: CallerOptions = {}): Promise<Caller> {
    const options = {
      stdio: ['pipe', 'pipe', 'inherit'] as ['pipe', 'pipe', 'inherit'],
      ...(uid !== undefined && { uid }),
    }
    const caller = new Caller(spawn(compiled('caller', 'public'), [name], options))
    onTestFinished(() => caller.end())
    await caller.#waits()
    return caller
  }

  /** @returns how many system calls of it return meanwhile: those asked for, what it was read with, and the answer */
  async call(count: number): Promise<number> {
    const done = once(this.#process.stdout, 'data')
    this.#process.stdin.write(new Uint8Array(BigUint64Array.of(BigInt(count)).buffer))
    await done
    await this.#waits()
    return count + 2
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.stdin.end()
    await ended
  }

  /** It has answered and waits for the next number: none of its system calls is on its way out. */
  async #waits(): Promise<void> {
    while (!readFileSync(`/proc/${this.pid}/syscall`, 'latin1').startsWith(READ)) await sleep(LOOK_MS)
  }
}
