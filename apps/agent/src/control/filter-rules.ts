/** What rules of the filter in the kernel may hold: what its structs have room for, and what can be found. Pure. */
import { type FilterRule, utf8Bytes } from '@ringside/protocol'
import type { Problem } from '../problem.ts'
import { LIMITS } from '../source/abi.ts'

const COMM_MAX_BYTES = LIMITS.commBytes - 1
const NUMBER_MAX = 0xffff_ffff

export function filterRefusal(rules: readonly FilterRule[]): Problem | null {
  if (rules.length > LIMITS.filters) {
    return refusal(`${rules.length} rules are more than the kernel's table holds`, `Take at most ${LIMITS.filters}.`)
  }
  for (const rule of rules) {
    const refused = ruleRefusal(rule)
    if (refused !== null) return refused
  }
  return null
}

function ruleRefusal(rule: FilterRule): Problem | null {
  switch (rule.field) {
    case 'pid':
    case 'uid':
      if (rule.value <= NUMBER_MAX) return null
      return refusal(`no ${rule.field} is as large as ${rule.value}`, `Take at most ${NUMBER_MAX}.`)
    case 'comm': {
      const bytes = utf8Bytes(rule.value)
      if (rule.value.includes('\0')) return refusal('a process name holds no NUL', 'Leave it out.')
      if (bytes <= COMM_MAX_BYTES) return null
      const hint = `The kernel keeps ${COMM_MAX_BYTES} bytes of a name: give its first ${COMM_MAX_BYTES}.`
      return refusal(`a process name of ${bytes} bytes matches no process`, hint)
    }
    case 'cgroup':
      if (isPlainPath(rule.value)) return null
      return refusal(
        'a control group is named by its path in the v2 hierarchy',
        'Take the path as /proc/<pid>/cgroup has it behind 0::, such as /system.slice/nginx.service.',
      )
    case 'type':
      return null
  }
}

/** Absolute, and without steps back: it must not leave the hierarchy that it is looked up in. */
function isPlainPath(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0') && !path.split('/').some((step) => step === '.' || step === '..')
}

function refusal(message: string, hint: string): Problem {
  return { code: 'filter', message, hint }
}
