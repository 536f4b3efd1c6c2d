/**
 * One agent per run directory: an exclusive flock(2) on `lock` in it.
 *
 * Free of races, since the kernel decides: of any number of processes that ask, one gets it, and it is let go when the
 * last descriptor of the open file is closed, which the kernel does however the process ends, kill -9 included. No
 * stale file can hold it, and the file is never deleted (two processes could then lock two files of one name).
 *
 * Node has no flock. flock(1) of util-linux locks a descriptor that it inherits, and a lock belongs to the open file,
 * not to the process: when flock(1) has ended, our descriptor of the same open file still holds it.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'

export const FLOCK_PATHS = ['/usr/bin/flock', '/bin/flock']
const CONFLICT = 1
const INHERITED_FD = 3

export interface Lock {
  release(): void
}

/** @returns null: another process holds it. Throws where flock(1) is missing or fails. */
export function takeLock(runDir: string): Lock | null {
  const flock = FLOCK_PATHS.find((path) => existsSync(path))
  if (flock === undefined) throw new Error('flock(1) is missing: install util-linux')
  const fd = openSync(join(runDir, 'lock'), 'a', 0o600)
  const { status, error } = spawnSync(flock, ['-x', '-n', String(INHERITED_FD)], {
    stdio: ['ignore', 'ignore', 'ignore', fd],
    env: {},
  })
  if (status === 0) return { release: () => closeSync(fd) }
  closeSync(fd)
  if (status === CONFLICT) return null
  throw new Error(`flock failed: ${error?.message ?? `exit code ${status}`}`)
}
