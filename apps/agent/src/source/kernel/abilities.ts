/** What of the kernel source works on this host, item by item, tried out rather than guessed. For `ringside doctor`. */
import { type BpfObject, onlineCpus, possibleCpus, Ring, Ticker } from '@ringside/native'
import {
  BTF_FILE,
  type HostFacts,
  isAtLeast,
  KERNEL_FLOOR,
  LOCKDOWN_FILE,
  memlockMatters,
  readHostFacts,
} from './facts.ts'
import { explainLoadFailure, MENDS } from './load-failure.ts'
import { objectFile, openObject } from './programs.ts'

export interface Ability {
  /** Stable, for programs. */
  id: string
  title: string
  ok: boolean
  detail: string
  /** What to do; empty when all is well. */
  mend: string
}

const TICKS_HZ = 1000
const TICKS_MS = 20
const PROBE_RING_BYTES = 4096

/** Takes a fraction of a second; leaves nothing behind. */
export function probeAbilities(): Ability[] {
  const facts = readHostFacts()
  return [
    ...readAbilities(facts),
    tried('ring', 'Ring buffers', facts, tryRing),
    tried('maps', 'Slots: ring buffers in a map', facts, trySlots),
    tried('tracepoint', 'Raw tracepoints', facts, tryTracepoint),
    tried('programs', 'The programs pass the verifier', facts, tryPrograms),
    tried('timer', 'Timer interrupts for the self-test', facts, tryTimer),
  ]
}

/** What can be read without trying. */
export function readAbilities(facts: HostFacts): Ability[] {
  const missing = facts.missingCapabilities
  const unprivileged =
    facts.unprivilegedDisabled === 0 ? 'any user may load simple programs' : 'reserved to privileged processes'
  const memory = memlockMatters(facts)
    ? 'counts against RLIMIT_MEMLOCK on this kernel; it is raised at load'
    : 'counts for the memory cgroup; RLIMIT_MEMLOCK does not matter'
  const lockedDown = facts.lockdown === 'confidentiality'
  const lockdown =
    facts.lockdown === 'unknown' ? `unknown: ${LOCKDOWN_FILE} cannot be read` : `lockdown: ${facts.lockdown}`
  const nesting = facts.realtime
    ? 'not proved on this kernel, which is PREEMPT_RT: trust the counters as far as the self-test goes'
    : 'the kernel is not PREEMPT_RT, where that is not proved'
  return [
    ability('kernel', 'Linux 5.10 or later', isAtLeast(facts.version, KERNEL_FLOOR), facts.kernel, MENDS.kernel),
    ability('machine', 'x86-64', facts.machine === 'x64', facts.machine, MENDS.machine),
    ability('nesting', 'Programs of one CPU nest strictly', true, nesting, ''),
    ability('btf', 'The kernel describes its types', facts.btf, BTF_FILE, MENDS.btf),
    ability(
      'capabilities',
      'CAP_BPF and CAP_PERFMON',
      missing.length === 0,
      missing.length === 0 ? 'effective' : `missing: ${missing.join(', ')}`,
      MENDS.privilege,
    ),
    ability('lockdown', 'Kernel memory may be read', !lockedDown, lockdown, MENDS.lockdown),
    ability('unprivileged', 'Who may load BPF', true, unprivileged, ''),
    ability('memory', 'Memory of maps', true, memory, ''),
  ]
}

function ability(id: string, title: string, ok: boolean, detail: string, mend: string): Ability {
  return { id, title, ok, detail, mend: ok ? '' : mend }
}

function tried(id: string, title: string, facts: HostFacts, attempt: () => string): Ability {
  try {
    return ability(id, title, true, attempt(), '')
  } catch (thrown) {
    const { message, hint } = explainLoadFailure(thrown, facts)
    return ability(id, title, false, message, hint)
  }
}

function tryRing(): string {
  Ring.createSync(PROBE_RING_BYTES).close()
  return 'one of 4 KiB was made and mapped'
}

/** Loads some of the object's programs and hands it over; it is closed in any case. */
function withPrograms(programs: readonly string[] | undefined, use: (object: BpfObject) => string): string {
  const object = openObject(objectFile(), possibleCpus(), programs)
  try {
    object.load()
    return use(object)
  } finally {
    object.close()
  }
}

function trySlots(): string {
  return withPrograms([], (object) => {
    const ring = Ring.createSync(2 * PROBE_RING_BYTES)
    try {
      const value = new Uint8Array(Uint32Array.of(ring.fd).buffer)
      object.map('slots').update(new Uint8Array(value.length), value)
    } finally {
      ring.close()
    }
    return 'a ring was swapped for one of another size'
  })
}

function tryTracepoint(): string {
  return withPrograms(['learn_pid', 'on_tick'], (object) => {
    object.attach('on_tick')
    return `attached; this process is ${object.testRun('learn_pid', new Uint8Array(0))} to the kernel`
  })
}

function tryPrograms(): string {
  return withPrograms(undefined, (object) => `${object.programs().length} programs`)
}

function tryTimer(): string {
  const cpu = onlineCpus()[0] ?? 0
  const ticker = new Ticker(TICKS_HZ, cpu)
  try {
    const end = performance.now() + TICKS_MS
    while (performance.now() < end);
    const fired = ticker.expirations
    if (fired === 0) throw new Error(`a timer on CPU ${cpu} does not fire`)
    return `${fired} ticks on CPU ${cpu} in ${TICKS_MS} ms`
  } finally {
    ticker.close()
  }
}
