/** What this process holds of the kernel: for tests that nothing stays behind. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What this process holds open, in procfs's words. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
}

/** Attachments that this process holds: a program stays attached as long as one of them is open. */
export function openLinks(): number {
  return openFiles().filter((target) => /^anon_inode:bpf.link/.test(target)).length
}

/** Of BPF, of perf events and of wakers: descriptors, and what is mapped. */
export function held(): { files: string[]; mappings: number } {
  const files = openFiles().filter((target) => /^anon_inode:.*(bpf|perf_event|eventfd)/.test(target))
  const mappings = readFileSync('/proc/self/maps', 'utf8').split('\n')
  return {
    files: files.sort(),
    mappings: mappings.filter((line) => /anon_inode:(bpf|\[perf_event\])/.test(line)).length,
  }
}
