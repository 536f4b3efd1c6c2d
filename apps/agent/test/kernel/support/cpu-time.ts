/** What a thread of this process has had of the CPUs so far, as the kernel has it; asked from any other thread. */
import { readFileSync } from 'node:fs'

const NS_PER_MS = 1e6
/** USER_HZ: /proc/stat counts in hundredths of a second. */
const MS_PER_TICK = 10
const STOLEN = 8

export interface CpuTime {
  atMs: number
  /** On a CPU. */
  ranMs: number
  /** Ready to run and without a CPU, and CPU time that was taken away from this machine meanwhile. */
  keptMs: number
  /** How often it was woken after it had given its CPU away by itself. */
  wakeUps: number
}

/** @param thread as the kernel names it; the main thread has the name of the process */
export function cpuTimeOf(thread: number = process.pid): CpuTime {
  const folder = `/proc/self/task/${thread}`
  const [ran = 0, waited = 0] = readFileSync(`${folder}/schedstat`, 'latin1').split(' ').map(Number)
  const stolen = Number(readFileSync('/proc/stat', 'latin1').split(/\s+/, STOLEN + 1)[STOLEN])
  const switches = /^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`${folder}/status`, 'latin1'))?.[1]
  return {
    atMs: performance.now(),
    ranMs: ran / NS_PER_MS,
    keptMs: waited / NS_PER_MS + stolen * MS_PER_TICK,
    wakeUps: Number(switches),
  }
}

/** From one look to a later one; `atMs` is how far they are apart. */
export function between(before: CpuTime, after: CpuTime): CpuTime {
  return {
    atMs: after.atMs - before.atMs,
    ranMs: after.ranMs - before.ranMs,
    keptMs: after.keptMs - before.keptMs,
    wakeUps: after.wakeUps - before.wakeUps,
  }
}
