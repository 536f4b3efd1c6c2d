/** What this host says about itself, as far as loading BPF programs depends on it. Reads /proc and /sys. */
import { accessSync, constants, readFileSync } from 'node:fs'
import { arch, release, version } from 'node:os'

export const BTF_FILE = '/sys/kernel/btf/vmlinux'
export const LOCKDOWN_FILE = '/sys/kernel/security/lockdown'
/** Typed tracepoints and mapped values of maps are there from this version on: enough for perf buffers. */
export const KERNEL_FLOOR: readonly [number, number] = [5, 5]
/** Ring buffers of different size can be swapped in a slot from this version on. */
export const RING_FLOOR: readonly [number, number] = [5, 10]
/** From here on BPF memory counts for the memory cgroup, and no longer against RLIMIT_MEMLOCK. */
const CGROUP_MEMORY: readonly [number, number] = [5, 11]
/** From here on a raw tracepoint program's skipped runs are counted. */
const COUNTS_MISSED: readonly [number, number] = [6, 1]

/** include/uapi/linux/capability.h */
const CAPABILITIES = { CAP_SYS_ADMIN: 21, CAP_PERFMON: 38, CAP_BPF: 39 } as const

/** 'unknown': there is no such file, or it cannot be read. */
export type Lockdown = 'none' | 'integrity' | 'confidentiality' | 'unknown'

export interface HostFacts {
  kernel: string
  /** [major, minor] */
  version: readonly [number, number]
  machine: string
  /** Built with PREEMPT_RT. */
  realtime: boolean
  btf: boolean
  /** Which of CAP_BPF and CAP_PERFMON this process lacks; CAP_SYS_ADMIN stands for both. */
  missingCapabilities: string[]
  lockdown: Lockdown
  /** kernel.unprivileged_bpf_disabled: 0 allowed, 1 for good, 2 changeable; null where it cannot be read. */
  unprivilegedDisabled: number | null
}

export function readHostFacts(): HostFacts {
  const kernel = release()
  return {
    kernel,
    version: versionOf(kernel),
    machine: arch(),
    realtime: isRealtime(version()),
    btf: isReadable(BTF_FILE),
    missingCapabilities: missingCapabilities(textOf('/proc/self/status') ?? ''),
    lockdown: lockdownOf(textOf(LOCKDOWN_FILE)),
    unprivilegedDisabled: numberOf(textOf('/proc/sys/kernel/unprivileged_bpf_disabled')),
  }
}

export function isAtLeast(version: readonly [number, number], floor: readonly [number, number]): boolean {
  return version[0] > floor[0] || (version[0] === floor[0] && version[1] >= floor[1])
}

export function countsMissedRuns(facts: Pick<HostFacts, 'version'>): boolean {
  return isAtLeast(facts.version, COUNTS_MISSED)
}

export function memlockMatters(facts: Pick<HostFacts, 'version'>): boolean {
  return !isAtLeast(facts.version, CGROUP_MEMORY)
}

/** '6.1.0-28-amd64' → [6, 1] */
export function versionOf(kernel: string): readonly [number, number] {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(kernel) ?? []
  return [Number(major), Number(minor)]
}

/** @param status text of /proc/<pid>/status */
export function missingCapabilities(status: string): string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  const has = (bit: number) => ((effective >> BigInt(bit)) & 1n) === 1n
  if (has(CAPABILITIES.CAP_SYS_ADMIN)) return []
  return (['CAP_BPF', 'CAP_PERFMON'] as const).filter((name) => !has(CAPABILITIES[name]))
}

/** @param text as in 'none [integrity] confidentiality'; null where it cannot be read */
export function lockdownOf(text: string | null): Lockdown {
  const state = /\[(\w+)\]/.exec(text ?? '')?.[1]
  return state === 'none' || state === 'integrity' || state === 'confidentiality' ? state : 'unknown'
}

/** @param version as in '#1 SMP PREEMPT_RT Debian 6.1.115-1' */
export function isRealtime(version: string): boolean {
  return /\bPREEMPT_RT\b/.test(version)
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text)
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}
