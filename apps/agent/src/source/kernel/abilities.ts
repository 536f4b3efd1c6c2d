/** What of the kernel source works on this host, item by item, tried out rather than guessed. For `ringside doctor`. */
import { type BpfObject, onlineCpus, PerfBuffer, Ring, Ticker } from '@ringside/native'
import type { Transport } from '@ringside/protocol'
import {
  BTF_FILE,
  type HostFacts,
  isAtLeast,
  KERNEL_FLOOR,
  LOCKDOWN_FILE,
  memlockMatters,
  readHostFacts,
} from './facts.ts'
import { KernelError } from './kernel-error.ts'
import { explainLoadFailure, MENDS } from './load-failure.ts'
import { word } from './plan.ts'
import { loadPrograms } from './programs.ts'
import { chooseTransport, probeRings, type RingProbe, type TransportChoice } from './transport.ts'

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
const PROBE_BYTES = 4096

/**
 * Takes a fraction of a second; leaves nothing behind.
 * @param choice the transport that an agent would be asked for @param probe tells why there are no ring buffers
 */
export function probeAbilities(choice: TransportChoice = 'auto', probe: RingProbe = probeRings): Ability[] {
  const facts = readHostFacts()
  const { transport, reason } = chooseTransport(choice, facts, probe)
  const ring = tried('ring', 'Ring buffers, and slots to swap them in', facts, 'ring', () => tryRings(facts, probe))
  const perf = tried('perf', 'Perf buffers', facts, 'perf', tryPerf)
  return [
    ...readAbilities(facts),
    ...(choice === 'auto' ? standIns(ring, perf) : [ring, perf]),
    ability('transport', 'How records leave the kernel', true, describeChoice(transport, reason), ''),
    tried('tracepoint', 'Raw tracepoints', facts, transport, () => tryTracepoint(transport)),
    tried('programs', 'The programs pass the verifier', facts, transport, () => tryPrograms(transport)),
    tried('timer', 'Timer interrupts for the self-test', facts, transport, tryTimer),
  ]
}

/** One transport is enough: the other one's absence is told, and no failure. */
export function standIns(ring: Ability, perf: Ability): [Ability, Ability] {
  const excused = (missing: Ability, other: Ability): Ability =>
    missing.ok || !other.ok ? missing : { ...missing, ok: true, detail: `none: ${missing.detail}`, mend: '' }
  return [excused(ring, perf), excused(perf, ring)]
}

function describeChoice(transport: Transport, reason: string | null): string {
  const name = transport === 'ring' ? 'ring buffers' : 'perf buffers, one for each CPU'
  return reason === null ? name : `${name}, since ${reason}`
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
    ability(
      'kernel',
      `Linux ${KERNEL_FLOOR.join('.')} or later`,
      isAtLeast(facts.version, KERNEL_FLOOR),
      facts.kernel,
      MENDS.kernel,
    ),
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

function tried(id: string, title: string, facts: HostFacts, transport: Transport, attempt: () => string): Ability {
  try {
    return ability(id, title, true, attempt(), '')
  } catch (thrown) {
    const { message, hint } = explainLoadFailure(thrown, facts, transport)
    return ability(id, title, false, message, hint)
  }
}

/** Loads some of the object's programs and hands it over; it is closed in any case. */
function withPrograms(
  transport: Transport,
  programs: readonly string[] | undefined,
  use: (object: BpfObject) => string,
): string {
  const { object } = loadPrograms(transport, programs)
  try {
    return use(object)
  } finally {
    object.close()
  }
}

function tryRings(facts: HostFacts, probe: RingProbe): string {
  const missing = probe(facts)
  if (missing !== null) throw new KernelError('EKERNEL', missing, MENDS.rings)
  return withPrograms('ring', [], (object) => {
    const ring = Ring.createSync(2 * PROBE_BYTES)
    try {
      object.map('slots').update(word(0), word(ring.fd))
    } finally {
      ring.close()
    }
    return 'one was made, mapped, and swapped for one of another size'
  })
}

function tryPerf(): string {
  return withPrograms('perf', [], (object) => {
    const cpu = onlineCpus()[0] ?? 0
    const buffer = PerfBuffer.createSync(PROBE_BYTES, { cpu, wakeBytes: PROBE_BYTES })
    try {
      object.map('perf').update(word(0), word(buffer.fd))
    } finally {
      buffer.close()
    }
    return `one of CPU ${cpu} was made, mapped, and put into its map`
  })
}

function tryTracepoint(transport: Transport): string {
  return withPrograms(transport, ['learn_pid', 'on_tick'], (object) => {
    object.attach('on_tick')
    return `attached; this process is ${object.testRun('learn_pid', new Uint8Array(0))} to the kernel`
  })
}

function tryPrograms(transport: Transport): string {
  return withPrograms(transport, undefined, (object) => `${object.programs().length} programs`)
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
