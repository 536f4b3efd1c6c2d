/** The BPF object: where it is, what of it is attached, and loading it for as many CPUs as this host may have. */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { BpfObject, possibleCpus } from '@ringside/native'
import type { Transport } from '@ringside/protocol'
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

/** Banks of each table. */
export const BANKS = 2
const SOCKET_KEY_BYTES = 8

export interface ObjectOptions {
  transport: Transport
  /** What to load of it; default: all programs. */
  programs?: readonly string[]
  /** Multipliers of the sketches; random by default. */
  seeds?: Uint32Array
}

/** An object that is loaded and not attached yet. */
export interface Programs {
  object: BpfObject
  cpus: number
  transport: Transport
  seeds: Uint32Array
}

export function objectFile(): string {
  const root = dirname(createRequire(import.meta.url).resolve('@ringside/bpf/package.json'))
  return join(root, 'dist', 'ringside.bpf.o')
}

/** LIMITS.sketchRows odd numbers of 64 bits, as two words each, low first. */
export function randomSeeds(): Uint32Array {
  const seeds = new Uint32Array(new Uint8Array(randomBytes(LIMITS.sketchRows * 8)).buffer)
  return seeds.map((word, at) => (at % 2 === 0 ? word | 1 : word))
}

/** Opens and configures the object. */
export function openObject(file: string, cpus: number, options: ObjectOptions): BpfObject {
  const { transport, programs, seeds = randomSeeds() } = options
  const object = BpfObject.open(file)
  try {
    for (const map of ['rows', 'scratch']) object.setMaxEntries(map, cpus * LIMITS.rows)
    object.setMaxEntries('sketches', BANKS * cpus * LIMITS.levels)
    object.setMaxEntries('perf', LIMITS.slots * cpus)
    if (transport === 'perf') object.setAutocreate('slots', false)
    else object.setMaxEntries('slots', LIMITS.slots * (1 + cpus))
    object.setGlobal('cpus', new Uint8Array(Uint32Array.of(cpus).buffer))
    object.setGlobal('use_perf', Uint8Array.of(transport === 'perf' ? 1 : 0))
    object.setGlobal('sketch_seed', new Uint8Array(seeds.buffer, seeds.byteOffset, seeds.byteLength))
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
export function loadPrograms(
  transport: Transport,
  programs?: readonly string[],
  facts: HostFacts = readHostFacts(),
): Programs {
  try {
    const cpus = possibleCpus()
    const seeds = randomSeeds()
    const object = openObject(objectFile(), cpus, { transport, seeds, ...(programs && { programs }) })
    object.load()
    return { object, cpus, transport, seeds }
  } catch (thrown) {
    throw explainLoadFailure(thrown, facts, transport)
  }
}
