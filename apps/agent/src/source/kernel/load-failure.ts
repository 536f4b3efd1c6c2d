/** Turns a failure of opening, loading or attaching the programs into one that says what is missing. Pure. */
import { NativeError } from '@ringside/native'
import type { Transport } from '@ringside/protocol'
import { messageOf } from '../../problem.ts'
import { BTF_FILE, type HostFacts, isAtLeast, KERNEL_FLOOR, RING_FLOOR } from './facts.ts'
import { KernelError } from './kernel-error.ts'

export const MENDS = {
  object: 'npx turbo run build --filter=@ringside/bpf',
  machine: 'run the agent on x86-64',
  kernel: `boot Linux ${RING_FLOOR.join('.')} or later; from ${KERNEL_FLOOR.join('.')} on perf buffers stand in`,
  rings: `take perf buffers, with --transport perf or auto; or boot Linux ${RING_FLOOR.join('.')} or later`,
  btf: 'boot a kernel that is built with CONFIG_DEBUG_INFO_BTF=y (every Debian kernel since 11 is)',
  privilege: 'run as root: sudo npm start',
  container: 'start the container with --cap-add BPF --cap-add PERFMON, and a seccomp profile that allows bpf(2)',
  lockdown: 'boot with lockdown=integrity or lower; see /sys/kernel/security/lockdown',
  mlock: 'give the process CAP_IPC_LOCK, or raise kernel.perf_event_mlock_kb',
  memory: 'free memory, or raise the memory limit of the cgroup that the agent runs in',
  verifier: `report the log below with the kernel version: the programs should load on Linux ${KERNEL_FLOOR.join('.')} and later`,
} as const

/** What was thrown, with the cause that the host's facts give it: the first one that explains it. */
export function explainLoadFailure(thrown: unknown, facts: HostFacts, transport: Transport = 'ring'): KernelError {
  if (thrown instanceof KernelError) return thrown
  if (!(thrown instanceof NativeError)) return new KernelError('ELOAD', messageOf(thrown), '')
  const { code, message, log } = thrown
  if (code === 'ENOENT' && thrown.operation.startsWith('open ')) {
    return new KernelError('EOBJECT', 'the BPF programs are not built', MENDS.object)
  }
  if (facts.machine !== 'x64') {
    return new KernelError('EMACHINE', `the programs are for x86-64, this is ${facts.machine}`, MENDS.machine)
  }
  if (!isAtLeast(facts.version, KERNEL_FLOOR)) {
    return new KernelError('EKERNEL', `Linux ${facts.kernel} is too old`, MENDS.kernel)
  }
  if (transport === 'ring' && !isAtLeast(facts.version, RING_FLOOR)) {
    return new KernelError('EKERNEL', `Linux ${facts.kernel} is too old for ring buffers in slots`, MENDS.rings)
  }
  if (facts.missingCapabilities.length > 0) {
    const missing = facts.missingCapabilities.join(' and ')
    return new KernelError('EPRIVILEGE', `this process may not load BPF programs: it lacks ${missing}`, MENDS.privilege)
  }
  if (!facts.btf) return new KernelError('EBTF', `the kernel has no BTF: ${BTF_FILE} is missing`, MENDS.btf)
  if (facts.lockdown === 'confidentiality') {
    return new KernelError('ELOCKDOWN', 'the kernel is locked down against reading its memory', MENDS.lockdown)
  }
  if (code === 'EPERM' && thrown.operation.includes('perf buffer')) {
    return new KernelError(
      'EPRIVILEGE',
      `this process may not have a perf buffer of that size: ${message}`,
      MENDS.mlock,
    )
  }
  if (code === 'EPERM') {
    return new KernelError('EPRIVILEGE', 'bpf(2) is refused although the capabilities are there', MENDS.container)
  }
  if (code === 'ENOMEM') return new KernelError('EMEMORY', 'there is no memory for programs and maps', MENDS.memory)
  if (log.includes('insns') || code === 'EACCES') {
    return new KernelError('EVERIFIER', `the kernel's verifier refused a program: ${message}`, MENDS.verifier, log)
  }
  return new KernelError('ELOAD', message, thrown.hint, log)
}
