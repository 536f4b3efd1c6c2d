/** Control groups as the programs know them: a path below the v2 hierarchy → id and depth. Reads /proc and the mount. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../problem.ts'
import { KernelError } from './kernel-error.ts'

export interface Cgroup {
  /** The directory's inode number (fs/kernfs: on 64-bit hosts the two are the same). */
  id: bigint
  /** Depth below the root, which is 0. */
  level: number
}

const MOUNTINFO = '/proc/self/mountinfo'
/** The root's, where it is the host's: in a namespace of its own a process sees another group as the root. */
const ROOT_ID = 1n

/** @throws KernelError ECGROUP that says what is missing and what mends it */
export function findCgroup(path: string, mountInfo: string = readFileSync(MOUNTINFO, 'utf8')): Cgroup {
  const mount = cgroupMount(mountInfo)
  if (mount === null) {
    throw new KernelError(
      'ECGROUP',
      'no hierarchy of control groups, version 2, is mounted here',
      'mount it: mount -t cgroup2 none /sys/fs/cgroup; or filter by process, user or name',
    )
  }
  if (idOf(mount) !== ROOT_ID) {
    throw new KernelError(
      'ECGROUP',
      `${mount} shows a part of the control groups only`,
      'run the agent in the cgroup namespace of the host (docker run --cgroupns host)',
    )
  }
  const names = path.split('/').filter((name) => name !== '')
  const id = names.some((name) => name === '.' || name === '..') ? null : idOf(join(mount, ...names))
  if (id === null) {
    throw new KernelError(
      'ECGROUP',
      `there is no control group ${path} below ${mount}`,
      'take a path as in /proc/<pid>/cgroup, as /system.slice/cron.service',
    )
  }
  return { id, level: names.length }
}

/** Where the v2 hierarchy is mounted, or null. @param mountInfo text of /proc/<pid>/mountinfo (man 5 proc) */
export function cgroupMount(mountInfo: string): string | null {
  for (const line of mountInfo.split('\n')) {
    const [mount = '', filesystem = ''] = line.split(' - ')
    const point = mount.split(' ')[4]
    if (filesystem.startsWith('cgroup2 ') && point !== undefined) return unescaped(point)
  }
  return null
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** Inode number of a directory, or null where there is none. */
function idOf(path: string): bigint | null {
  try {
    const found = statSync(path, { bigint: true })
    return found.isDirectory() ? found.ino : null
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL'].includes(codeOf(thrown))) return null
    throw thrown
  }
}
