/**
 * The filter in the kernel: by each field, with `not`, and in force while it is changed. What is filtered is counted by
 * the programs; what ought to be is known beforehand, from a process whose system calls are counted.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FilterRule } from '@ringside/protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ABI } from '../../src/source/abi.ts'
import { cgroupMount, findCgroup } from '../../src/source/kernel/cgroups.ts'
import { KernelFilters } from '../../src/source/kernel/filters.ts'
import { Grace } from '../../src/source/kernel/grace.ts'
import { Plan } from '../../src/source/kernel/plan.ts'
import { loadPrograms } from '../../src/source/kernel/programs.ts'
import { Caller } from './support/caller.ts'
import { buffersOf } from './support/controls.ts'
import { startProducers } from './support/producers.ts'
import { Stage } from './support/stage.ts'

const SLOT = 1
const BUFFERS = buffersOf({ [SLOT]: 32 * 1024 * 1024 })
const CALLS = 1000
const LOADS = 500
const CHANGES = 200
const NOBODY = 65_534
const NAME = 'rs-filtered-one'

interface Watched {
  stage: Stage
  caller: Caller
}

/** A process that calls when it is told, and a host that watches system calls and the load generator. */
async function watch(options: { name?: string; uid?: number } = {}): Promise<Watched> {
  const caller = await Caller.start(options)
  const control = { types: { syscall: SLOT, load: SLOT } }
  const stage = await Stage.open({ buffers: BUFFERS, control, attach: ['on_syscall'] })
  return { stage, caller }
}

/** Under these rules. @returns what was made, and what became of system calls and of generated events meanwhile */
async function callUnder({ stage, caller }: Watched, rules: FilterRule[]) {
  await stage.host.writeFilters(rules)
  await stage.host.settle()
  const before = stage.ledger()
  const made = await caller.call(CALLS)
  stage.generate(LOADS)
  await stage.rest()
  const after = stage.ledger()
  stage.pass()
  expect(stage.violations()).toEqual([])
  const since = (type: 'syscall' | 'load') => {
    const counted = (fate: 'seen' | 'filtered' | 'submitted') =>
      stage.total(fate, type, after) - stage.total(fate, type, before)
    return { seen: counted('seen'), filtered: counted('filtered'), submitted: counted('submitted') }
  }
  return { made, syscall: since('syscall'), load: since('load') }
}

/** A control group below the root, with the process in it, or in a group below that one. */
function groupOf(pid: number, nested: boolean): string {
  const mount = cgroupMount(readFileSync('/proc/self/mountinfo', 'utf8'))
  if (mount === null) throw new Error('no hierarchy of control groups, version 2, is mounted here')
  const path = `/ringside-test-${process.pid}`
  const folder = join(mount, path)
  const inner = nested ? join(folder, 'inner') : folder
  mkdirSync(inner, { recursive: true })
  writeFileSync(join(inner, 'cgroup.procs'), String(pid))
  onTestFinished(() => {
    writeFileSync(join(mount, 'cgroup.procs'), String(pid))
    if (nested) rmdirSync(inner)
    rmdirSync(folder)
  })
  return path
}

/** For each field about processes: the process, and the rule that means it alone. */
const FIELDS: readonly { field: FilterRule['field']; start: () => Promise<Watched & { rule: FilterRule }> }[] = [
  {
    field: 'pid',
    start: async () => {
      const watched = await watch()
      return { ...watched, rule: { field: 'pid', not: false, value: watched.caller.pid } }
    },
  },
  {
    field: 'uid',
    start: async () => {
      return { ...(await watch({ uid: NOBODY })), rule: { field: 'uid', not: false, value: NOBODY } }
    },
  },
  {
    field: 'comm',
    start: async () => ({ ...(await watch({ name: NAME })), rule: { field: 'comm', not: false, value: NAME } }),
  },
  {
    field: 'cgroup',
    start: async () => {
      const watched = await watch()
      return { ...watched, rule: { field: 'cgroup', not: false, value: groupOf(watched.caller.pid, false) } }
    },
  },
]

describe.each(FIELDS)('[L1] rules about $field', ({ start }) => {
  test('let through what matches, exactly; events without a process match none', async () => {
    const { rule, ...watched } = await start()
    const { made, syscall, load } = await callUnder(watched, [rule])
    expect(syscall.submitted, 'of the process').toBe(made)
    expect(syscall.seen - syscall.filtered, 'the rest is filtered').toBe(made)
    expect(load).toEqual({ seen: LOADS, filtered: LOADS, submitted: 0 })
  })

  test('with `not` keep back what matches, exactly; events without a process go on', async () => {
    const { rule, ...watched } = await start()
    const { made, syscall, load } = await callUnder(watched, [{ ...rule, not: true }])
    expect(syscall.filtered, 'of the process').toBe(made)
    expect(load).toEqual({ seen: LOADS, filtered: 0, submitted: LOADS })
  })
})

test('[L1] a control group stands for those below it', async () => {
  const watched = await watch()
  const value = groupOf(watched.caller.pid, true)
  const { made, syscall } = await callUnder(watched, [{ field: 'cgroup', not: false, value }])
  expect(syscall.submitted).toBe(made)
})

test('[L1] a rule about types asks nothing of a process', async () => {
  const watched = await watch()
  const only = await callUnder(watched, [{ field: 'type', not: false, value: ['load', 'exec'] }])
  expect(only.load).toEqual({ seen: LOADS, filtered: 0, submitted: LOADS })
  expect(only.syscall).toEqual({ seen: only.syscall.seen, filtered: only.syscall.seen, submitted: 0 })
  expect(only.syscall.seen).toBeGreaterThanOrEqual(only.made)
})

test('[L1] with `not`, a rule about types keeps these back', async () => {
  const watched = await watch()
  const without = await callUnder(watched, [{ field: 'type', not: true, value: ['load'] }])
  expect(without.load).toEqual({ seen: LOADS, filtered: LOADS, submitted: 0 })
  expect(without.syscall.filtered).toBe(0)
})

test('[L1] of rules about one field one is enough, of several fields each has its own', async () => {
  const other = await Caller.start({ name: 'rs-other' })
  const watched = await watch({ name: NAME })
  const { pid } = watched.caller
  const either = await callUnder(watched, [
    { field: 'pid', not: false, value: other.pid },
    { field: 'pid', not: false, value: pid },
    { field: 'comm', not: false, value: NAME },
  ])
  expect(either.syscall.submitted, 'one of the pids, and the name').toBe(either.made)
})

test('[L1] a field of which no rule matches keeps everything back', async () => {
  const watched = await watch({ name: NAME })
  const { syscall } = await callUnder(watched, [
    { field: 'pid', not: false, value: watched.caller.pid },
    { field: 'comm', not: false, value: 'rs-nobody' },
  ])
  expect(syscall.submitted).toBe(0)
  expect(syscall.filtered).toBe(syscall.seen)
})

test('[L1] one rule with `not` outweighs those that let it through', async () => {
  const watched = await watch({ name: NAME })
  const { syscall } = await callUnder(watched, [
    { field: 'pid', not: false, value: watched.caller.pid },
    { field: 'comm', not: true, value: NAME },
  ])
  expect(syscall.submitted).toBe(0)
})

test('[D6] the rules in force are read back from where the programs read them', async () => {
  const stage = await Stage.open({ buffers: [], control: { types: {} } })
  const rules: FilterRule[] = [
    { field: 'pid', not: true, value: 4_194_304 },
    { field: 'uid', not: false, value: 4_294_967_294 },
    { field: 'comm', not: false, value: '123456789012345' },
    { field: 'type', not: true, value: ['fork', 'tick'] },
    { field: 'cgroup', not: false, value: '/' },
  ]
  expect(stage.host.readFilters()).toEqual([])
  await stage.host.writeFilters(rules)
  expect(stage.host.readFilters()).toEqual(rules)
  await stage.host.writeFilters([])
  expect(stage.host.readFilters()).toEqual([])
})

/** A grace period that tells when it begins. */
class ToldGrace extends Grace {
  began: () => void = () => {}

  override async pass(): Promise<void> {
    this.began()
    await super.pass()
  }
}

test('[D6] rules that a program may still go by are not written over', async () => {
  const { object } = loadPrograms('ring', ['learn_pid'])
  onTestFinished(() => object.close())
  const grace = new ToldGrace(object)
  const map = object.map('filters')
  const filters = new KernelFilters(map, new Plan(object.map('plan')), grace)
  const bytes = () => {
    const all = new Uint8Array(map.maxEntries * map.valueBytes)
    map.read(0, all)
    return all
  }
  const ruleOf = (value: number): FilterRule => ({ field: 'pid', not: false, value })
  await filters.write([ruleOf(1)])
  await filters.write([ruleOf(2)])
  const before = bytes()
  const whenItBegan: Uint8Array[] = []
  grace.began = () => whenItBegan.push(bytes())
  await filters.write([ruleOf(3)])
  expect(whenItBegan).toEqual([before])
  expect(bytes()).not.toEqual(before)
  expect(filters.read()).toEqual([ruleOf(3)])
})

test('[D6] a control group that is not there is refused with what mends it, and the rules stay', async () => {
  const stage = await Stage.open({ buffers: [], control: { types: {} } })
  const rules: FilterRule[] = [{ field: 'pid', not: false, value: 1 }]
  await stage.host.writeFilters(rules)
  for (const value of ['/no/such/group', '/../etc', '/cgroup.procs']) {
    await expect(stage.host.writeFilters([{ field: 'cgroup', not: false, value }])).rejects.toThrow(
      expect.objectContaining({ code: 'ECGROUP', hint: expect.stringContaining('/proc/<pid>/cgroup') }),
    )
  }
  expect(stage.host.readFilters()).toEqual(rules)
})

test('[D6] where no hierarchy of version 2 is mounted, that is said', () => {
  const old = '33 31 0:30 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n'
  expect(() => findCgroup('/a', old)).toThrow(
    expect.objectContaining({ code: 'ECGROUP', hint: expect.stringContaining('mount -t cgroup2') }),
  )
  const unified = '41 31 0:38 / /sys/fs/my\\040groups rw,relatime shared:9 - cgroup2 cgroup2 rw\n'
  expect(cgroupMount(old + unified)).toBe('/sys/fs/my groups')
})

test('[D6] [L1] rules that change all the time leave every event accounted for', { timeout: 60_000 }, async () => {
  const { stage, caller } = await watch()
  const sets: FilterRule[][] = [
    [],
    [{ field: 'type', not: true, value: ['load'] }],
    [
      { field: 'pid', not: false, value: caller.pid },
      { field: 'uid', not: false, value: 0 },
    ],
    [{ field: 'comm', not: true, value: 'rs-caller' }],
  ]
  const change = async () => {
    for (let round = 0; round < CHANGES; round += 1) {
      await stage.host.writeFilters(sets[round % sets.length] as FilterRule[])
      await caller.call(CALLS / 10)
    }
  }
  const producers = await startProducers(stage.host, 100_000)
  await stage.during(change())
  const { made } = await stage.during(producers.stop())
  await stage.host.writeFilters([])
  await stage.rest()
  stage.pass()
  expect(stage.violations()).toEqual([])
  const { seen, filtered = 0, submitted = 0, ...others } = stage.fates(SLOT)
  expect(others).toEqual({})
  expect(seen).toBe(made)
  expect(filtered).toBeGreaterThan(0)
  expect(submitted).toBe(made - filtered)
})

test('[D6] a filter is exchanged as a whole: where both sets keep an event back, none gets through', async () => {
  const { stage, caller } = await watch({ name: NAME })
  const by: FilterRule[][] = [
    [{ field: 'comm', not: true, value: NAME }],
    [
      { field: 'type', not: false, value: ['load'] },
      { field: 'pid', not: true, value: caller.pid },
    ],
  ]
  await stage.host.writeFilters(by[0] as FilterRule[])
  await stage.host.settle()
  let fromCaller = 0
  const pidWord = (ABI.structs.rs_syscall.members.task + ABI.structs.rs_task.members.pid) / 4
  stage.onChunk = (words, good) => {
    for (let index = 0; index < good; index += 1) {
      if (words[(stage.scanner.at[index] as number) + pidWord] === caller.pid) fromCaller += 1
    }
  }
  let calling = true
  const called = caller.call(200 * CALLS).finally(() => {
    calling = false
  })
  for (let round = 1; calling; round += 1) {
    await stage.host.writeFilters(by[round % 2] as FilterRule[])
    stage.pass()
    await nextTurn()
  }
  await called
  await stage.rest()
  stage.pass()
  expect(fromCaller).toBe(0)
  expect(stage.violations()).toEqual([])
})
