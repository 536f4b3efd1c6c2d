/**
 * How long the calling thread was ready to run and had no CPU, as the kernel has it: what a busy host does to it, and
 * the product cannot help. Time that the thread works, rests, or is blocked is none of that.
 */
import { openSync, readdirSync, readlinkSync, readSync } from 'node:fs'

const NS_PER_MS = 1e6
/** USER_HZ: /proc/stat counts in hundredths of a second. */
const MS_PER_TICK = 10
const WAITED = 1
const STOLEN = 8

const self = openSync('/proc/thread-self/schedstat')
const machine = openSync('/proc/stat')
const text = Buffer.alloc(256)

function field(fd, index) {
  return Number(text.toString('latin1', 0, readSync(fd, text, 0, text.length, 0)).split(/\s+/)[index])
}

/** ms so far: without a CPU though ready, and CPU time that was taken away from this machine. */
export function keptFromCpuMs() {
  return field(self, WAITED) / NS_PER_MS + field(machine, STOLEN) * MS_PER_TICK
}

/**
 * The same with what other threads of the process were kept from a CPU meanwhile, of those that there are now the longest:
 * V8's helpers and the main thread share locks with this one, and it has to wait until they let go of them.
 * @returns a function that tells ms so far; the more often it is asked the closer it is
 */
export function keptWithOthers() {
  const own = readlinkSync('/proc/thread-self').split('/').at(-1)
  const others = readdirSync('/proc/self/task')
    .filter((thread) => thread !== own)
    .map((thread) => openSync(`/proc/self/task/${thread}/schedstat`))
  const waitedMs = () => others.map((fd) => field(fd, WAITED) / NS_PER_MS)
  let last = waitedMs()
  let longestMs = 0
  return () => {
    const now = waitedMs()
    longestMs += Math.max(0, ...now.map((ms, at) => ms - (last[at] ?? 0)))
    last = now
    return keptFromCpuMs() + longestMs
  }
}
