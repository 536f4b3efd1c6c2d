/** The agent as a user runs it, measured from outside: a process of its own, its CPU time, its memory, its status. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from './client.mjs'

const CLI = fileURLToPath(new URL('../../bin/ringside.js', import.meta.url))
const LINK = /http:\/\/127\.0\.0\.1:(\d+)\S*\/#token=(\S+)\n/
const LOOK_MS = 100
const REST_LIMIT_MS = 15_000
const KIB = 1024

export class Agent {
  port = 0
  token = ''
  #child
  #runDir = mkdtempSync(join(tmpdir(), 'ringside-bench-'))
  #ended
  #clients = []

  /** @param {string[]} args of `ringside serve` */
  static async start(...args) {
    const agent = new Agent()
    const argv = [CLI, 'serve', '--source', 'kernel', '--port', '0', ...args]
    agent.#child = spawn(process.execPath, argv, {
      env: { ...process.env, RINGSIDE_RUN_DIR: agent.#runDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const printed = new Promise((resolve) => {
      agent.#child.stdout.on('data', (data) => {
        output += data
        const [, port, token] = LINK.exec(output) ?? []
        if (port !== undefined) resolve([Number(port), token])
      })
    })
    agent.#child.stderr.on('data', (data) => {
      output += data
    })
    agent.#ended = once(agent.#child, 'close')
    const gone = agent.#ended.then(([code]) => {
      throw new Error(`the agent ended with code ${code}:\n${output}`)
    })
    gone.catch(() => undefined)
    ;[agent.port, agent.token] = await Promise.race([printed, gone])
    return agent
  }

  get pid() {
    return this.#child.pid
  }

  /** CPU time of all its threads so far, ns: first field of schedstat (Documentation/scheduler/sched-stats.rst). */
  cpuNs() {
    const folder = `/proc/${this.pid}/task`
    const times = readdirSync(folder).map((thread) => readFileSync(join(folder, thread, 'schedstat'), 'latin1'))
    return times.reduce((total, text) => total + Number(text.split(' ')[0]), 0)
  }

  residentBytes() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'latin1')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * KIB
  }

  async status() {
    const headers = { authorization: `Bearer ${this.token}` }
    const response = await fetch(`http://127.0.0.1:${this.port}/api/status`, { headers })
    if (!response.ok) throw new Error(`/api/status answers ${response.status}: ${await response.text()}`)
    return response.json()
  }

  async connect() {
    const client = await Client.connect(this)
    this.#clients.push(client)
    return client
  }

  /** Nothing is watched any more, and all that was is read: the ledger then. */
  async atRest(client) {
    await client.command({ op: 'pause', on: true })
    const deadline = performance.now() + REST_LIMIT_MS
    const { number } = (await this.status()).health
    for (;;) {
      const { health } = await this.status()
      // Two later: the first may have been evaluated while the last events came.
      const exact = health.laws.every(({ verdict }) => verdict === 'exact')
      if ((exact && health.number > number + 1) || performance.now() > deadline) return ledgerOf(health, exact)
      await sleep(LOOK_MS)
    }
  }

  async stop() {
    for (const client of this.#clients) client.close()
    this.#child.kill('SIGTERM')
    await this.#ended
    rmSync(this.#runDir, { recursive: true, force: true })
  }
}

/** Sums over slots, and by type what was seen. */
function ledgerOf(health, exact) {
  const seen = {}
  const total = { dropped: 0, submitted: 0, consumed: 0 }
  for (const fates of health.fates) {
    seen[fates.type] = (seen[fates.type] ?? 0) + fates.seen
    total.dropped += Object.values(fates.dropped).reduce((sum, count) => sum + count, 0)
    total.submitted += fates.submitted
    total.consumed += fates.consumed
  }
  const holes = health.slots.reduce((sum, { gaps, tail }) => sum + gaps + tail, 0)
  return { seen, ...total, exact: exact && holes === total.dropped && total.submitted === total.consumed }
}
