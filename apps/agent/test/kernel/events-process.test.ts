/** What the programs tell of processes and files, on the real kernel: provoked here, one at a time, and looked up by pid. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EVENT_TYPES } from '@ringside/protocol'
import { afterAll, expect, test } from 'vitest'
import { TASK_FLAGS } from '../../src/source/abi.ts'
import { compiled } from './support/compile.ts'
import { type SeenEvent, watch } from './support/events.ts'

const PROCESS = {
  [EVENT_TYPES.fork]: 'on_fork',
  [EVENT_TYPES.exec]: 'on_exec',
  [EVENT_TYPES.exit]: 'on_exit',
}
const FILE = { [EVENT_TYPES.open]: 'on_open' }
const AT_FDCWD = -100
const ENOENT = 2
const ENAMETOOLONG = 36
const SIGKILL = 9
const NR_OPENAT = 257
const PATH_MAX_KEPT = 511
const O_CREAT = 0o100

const folder = mkdtempSync(join(tmpdir(), 'ringside-events-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a shell script that ends as it likes; resolves with its pid. */
function shell(script: string): Promise<number> {
  return new Promise((resolve) => {
    const child = execFile('/bin/sh', ['-c', script], () => resolve(child.pid as number))
  })
}

/** A script for a shell that stays one process: no fork, so that the pid is that of `shell`. */
async function watchShell(programs: Record<number, string>, script: string): Promise<SeenEvent[]> {
  let pid = 0
  const events = await watch(programs, async () => {
    pid = await shell(script)
  })
  return events.filter(({ task }) => task.pid === pid)
}

test('an exec is told with its path, its pid and its new name', async () => {
  const events = await watchShell(PROCESS, 'exec /bin/true')
  const exec = events.filter(({ type }) => type === 'exec')
  expect(exec.map(({ path, task }) => [path, task.comm])).toEqual([
    ['/bin/sh', 'sh'],
    ['/bin/true', 'true'],
  ])
})

test('a fork is told by the parent, with the child', async () => {
  const events = await watchShell(PROCESS, '/bin/true; :')
  const forks = events.filter(({ type }) => type === 'fork')
  expect(forks).toHaveLength(1)
  expect(forks[0]?.numbers.child_pid).toBe(forks[0]?.numbers.child_tid)
  expect(forks[0]?.numbers.child_pid).not.toBe(forks[0]?.task.pid)
})

test('an exit is told once, with its code', async () => {
  const exits = (await watchShell(PROCESS, 'exit 7')).filter(({ type }) => type === 'exit')
  expect(exits.map(({ numbers }) => [numbers.code, numbers.signal])).toEqual([[7, 0]])
})

test('an exit by a signal is told with the signal', async () => {
  const exits = (await watchShell(PROCESS, 'kill -9 $$')).filter(({ type }) => type === 'exit')
  expect(exits.map(({ numbers }) => [numbers.code, numbers.signal])).toEqual([[0, SIGKILL]])
})

test('threads neither fork nor end processes: a process of many is told to begin and to end once', async () => {
  const threads = `const { Worker } = require('node:worker_threads')
    for (let i = 0; i < 4; i++) new Worker('setTimeout(() => {}, 20)', { eval: true })`
  const events = await watchShell(PROCESS, `exec ${process.execPath} -e "${threads}"`)
  expect(events.filter(({ type }) => type === 'exit')).toHaveLength(1)
  expect(events.filter(({ type }) => type === 'fork')).toHaveLength(0)
})

test('an exit names the process, though the last of its threads to end has another name', async () => {
  const program = compiled('leader-first')
  const events = await watchShell(PROCESS, `exec ${program}`)
  const exits = events.filter(({ type }) => type === 'exit')
  expect(exits.map(({ task }) => [task.comm, task.tid - task.pid])).toEqual([['leader-first', 0]])
})

test('an exit tells when the process started', async () => {
  const events = await watchShell(PROCESS, 'exec /bin/sleep 0.05')
  const exit = events.find(({ type }) => type === 'exit')
  const aliveMs = Number((exit?.big.time ?? 0n) - (exit?.big.start_time ?? 0n)) / 1e6
  expect(aliveMs).toBeGreaterThanOrEqual(50)
  expect(aliveMs).toBeLessThan(5000)
})

test('an open is told with path, result, flags and mode, when it succeeds and when it fails', async () => {
  const made = join(folder, 'made')
  const missing = join(folder, 'missing')
  const opens = await watchShell(FILE, `umask 0; : > ${made}; : < ${missing}`)
  const make = opens.find(({ path }) => path === made)
  const miss = opens.find(({ path }) => path === missing)
  expect(make?.numbers).toMatchObject({ dirfd: AT_FDCWD, mode: 0o666, nr: NR_OPENAT })
  expect(make?.numbers.result).toBeGreaterThanOrEqual(0)
  expect((make?.numbers.flags ?? 0) & O_CREAT).toBe(O_CREAT)
  expect(miss?.numbers).toMatchObject({ result: -ENOENT, mode: 0 })
})

test('an open is told as it was asked for, by each system call, through the 64-bit table and the 32-bit one', async () => {
  const program = compiled('open-variants')
  const place = mkdtempSync(join(folder, 'variants-'))
  let asked: string[] = []
  const opens = await watch(FILE, async () => {
    asked = execFileSync(program, [place], { encoding: 'utf8' }).trim().split('\n')
  })
  const told = opens
    .filter(({ task }) => task.comm === 'open-variants')
    .map(({ path, task, numbers: { nr, flags, mode, dirfd, result } }) => {
      const compat = task.flags === TASK_FLAGS.compat ? 1 : task.flags
      return [compat, nr, path, flags, mode, dirfd, result].join(' ')
    })
  // The last opens: before them are those of the loader, and of the directory.
  expect(told.slice(-asked.length)).toEqual(asked)
  expect(new Set(asked.map((line) => line.split(' ', 2).join(' '))).size, 'calls').toBe(8)
})

test('a path of 511 bytes is told whole, a longer one is cut and says so', async () => {
  const fits = `/${'a'.repeat(PATH_MAX_KEPT - 1)}`
  const opens = await watchShell(FILE, `true < ${fits}; true < ${fits}b`).then((events) =>
    events.filter(({ path }) => path === fits),
  )
  expect(opens.map(({ numbers }) => numbers.result)).toEqual([-ENAMETOOLONG, -ENAMETOOLONG])
  expect(opens.map(({ task }) => task.flags)).toEqual([0, TASK_FLAGS.truncated])
})

test('[D12] the agent is not its own subject', async () => {
  const { openSync, closeSync } = await import('node:fs')
  const events = await watch({ ...PROCESS, ...FILE }, async () => {
    closeSync(openSync('/etc/hostname', 'r'))
    await shell('exit 0')
  })
  expect(events.length).toBeGreaterThan(0)
  expect(events.filter(({ task }) => task.pid === process.pid)).toEqual([])
})
