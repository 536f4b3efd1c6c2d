/** The BPF object: where it is, what of it is attached, and loading it for as many CPUs as this host may have. */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { BpfObject, possibleCpus } from '@ringside/native'
import { LIMITS } from '../abi.ts'
import { type HostFacts, readHostFacts } from './facts.ts'
import { explainLoadFailure } from './load-failure.ts'

/** What watches the host. `on_tick` is for tests and self-tests, `generate` and `learn_pid` are run by hand. */
export const WATCHING = [
  'on_fork',
  'on_exec',
  'on_exit',
  'on_open',
  'on_syscall',
  'on_tcp',
  'on_send',
  'on_receive',
] as const

const SOCKET_KEY_BYTES = 8

export function objectFile(): string {
  const root = dirname(createRequire(import.meta.url).resolve('@ringside/bpf/package.json'))
  return join(root, 'dist', 'ringside.bpf.o')
}

/** Opens and configures the object. `programs`: what to load of it; all by default. */
export function openObject(file: string, cpus: number, programs?: readonly string[]): BpfObject {
  const object = BpfObject.open(file)
  try {
    for (const map of ['rows', 'scratch']) object.setMaxEntries(map, cpus * LIMITS.rows)
    // Records tell sockets apart by their address, which nobody else may learn.
    object.setGlobal('socket_key', randomBytes(SOCKET_KEY_BYTES))
    if (programs) for (const { name } of object.programs()) object.setAutoload(name, programs.includes(name))
  } catch (error) {
    object.close()
    throw error
  }
  return object
}

/** @throws KernelError that says what is missing and what mends it */
export function loadObject(file: string, facts: HostFacts = readHostFacts()): { object: BpfObject; cpus: number } {
  try {
    const cpus = possibleCpus()
    const object = openObject(file, cpus)
    object.load()
    return { object, cpus }
  } catch (thrown) {
    throw explainLoadFailure(thrown, facts)
  }
}
