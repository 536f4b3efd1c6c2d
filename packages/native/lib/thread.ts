/** The calling thread's place on the machine, and the clock that records are stamped with. */
import { addon } from './addon.ts'
import { checkInteger } from './arguments.ts'

const CPU_MAX = 2 ** 16
const EVERY_CPU = -1

/** How many CPUs the kernel sizes per-CPU values for; more than are online where CPUs can be added. */
export function possibleCpus(): number {
  return addon.possibleCpus()
}

export function onlineCpus(): number[] {
  return addon.onlineCpus()
}

/** Binds the calling thread to a CPU; null: to none. */
export function pinThread(cpu: number | null): void {
  if (cpu !== null) checkInteger('pin a thread', 'cpu', cpu, 0, CPU_MAX)
  addon.pinThread(cpu ?? EVERY_CPU)
}

/** How late the calling thread's short waits may end (the default is 50 µs). */
export function setTimerSlack(ns: number): void {
  checkInteger('set the timer slack', 'ns', ns, 1, 2 ** 32)
  addon.setTimerSlack(ns)
}

/** CLOCK_MONOTONIC in ns as two 32-bit words. */
export function monotonicNs(): { hi: number; lo: number } {
  return addon.monotonicNs()
}

export function pageBytes(): number {
  return addon.pageBytes()
}

export function libbpfVersion(): string {
  return addon.libbpfVersion()
}
