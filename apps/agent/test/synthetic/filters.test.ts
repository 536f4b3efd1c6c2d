import type { FilterRule } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { readLedger, rowsBytes } from '../../src/health/rows.ts'
import { ABI } from '../../src/source/abi.ts'
import { doerOf, drain, type ReadRecord, readAll } from './reading.ts'
import { openSynthetic, singles } from './source.ts'

const BIG = singles(1 << 20, 1 << 20, 1 << 20)
const { rs_exec2 } = ABI.structs

/** What gets through these rules in a fifth of a second, and the ledger of it. */
async function through(rules: readonly FilterRule[]) {
  const { host, feed, controls, clock } = openSynthetic({ buffers: BIG, eventsPerSecond: 10_000 })
  await host.writeFilters(rules)
  clock.ns = 0.2e9
  const records = drain(feed, controls)
  const rows = new Uint8Array(rowsBytes(feed.cpus))
  feed.rows(rows)
  const { fates } = readLedger(rows, feed.cpus)
  const total = (fate: keyof typeof fates) => fates[fate].reduce((sum, count) => sum + count, 0)
  return { records, seen: total('seen'), filtered: total('filtered'), submitted: total('submitted') }
}

const ALL = await through([])

/** Of all that happens, what this holds for is what comes through. */
async function expectThrough(rules: readonly FilterRule[], passes: (record: ReadRecord) => boolean): Promise<void> {
  const { records, seen, filtered, submitted } = await through(rules)
  const expected = ALL.records.filter(passes)
  const told = (some: readonly ReadRecord[]) => some.map(({ timeNs, type }) => `${timeNs} ${type}`).sort()
  expect(told(records)).toEqual(told(expected))
  expect([seen, filtered + submitted]).toEqual([ALL.seen, ALL.seen])
  expect(expected.length).toBeGreaterThan(0)
  expect(expected.length).toBeLessThan(ALL.records.length)
}

test('without rules everything comes through', async () => {
  expect([ALL.filtered, ALL.records.length]).toEqual([0, ALL.seen])
})

test('[L1] a rule about a user lets through what that user did, and the rest is filtered', async () => {
  await expectThrough([{ field: 'uid', not: false, value: 33 }], (record) => doerOf(record)?.uid === 33)
})

test('a rule with not lets through what no process did as well', async () => {
  await expectThrough([{ field: 'uid', not: true, value: 33 }], (record) => doerOf(record)?.uid !== 33)
})

test('of one field any rule will do, of several fields each has to be met', async () => {
  const rules: FilterRule[] = [
    { field: 'comm', not: false, value: 'nginx' },
    { field: 'comm', not: false, value: 'postgres' },
    { field: 'type', not: false, value: ['open', 'syscall'] },
  ]
  await expectThrough(
    rules,
    (record) => [4, 7].includes(record.type) && ['nginx', 'postgres'].includes(doerOf(record)?.comm ?? ''),
  )
})

test('a rule about a pid names one process', async () => {
  await expectThrough([{ field: 'pid', not: false, value: 1 }], (record) => doerOf(record)?.pid === 1)
})

test('a rule about a control group holds for those below it', async () => {
  const rules: FilterRule[] = [{ field: 'cgroup', not: false, value: '/system.slice/system-postgresql.slice' }]
  await expectThrough(rules, (record) => doerOf(record)?.comm === 'postgres')
  const { records } = await through([
    { field: 'cgroup', not: false, value: '/user.slice' },
    { field: 'type', not: false, value: ['exec'] },
  ])
  expect(new Set(records.map((record) => doerOf(record)?.uid))).toEqual(new Set([1000]))
  const groups = new Set(records.map(({ view }) => view.getBigUint64(rs_exec2.members.cgroup, true)))
  expect(groups.size).toBe(1)
})

test('the root of the hierarchy is above every process', async () => {
  await expectThrough([{ field: 'cgroup', not: false, value: '/' }], (record) => doerOf(record) !== null)
})

test('rules are read back as they were written, and are exchanged while events go on', async () => {
  const { host, feed, clock } = openSynthetic({ buffers: BIG })
  const rules: FilterRule[] = [
    { field: 'pid', not: true, value: 4_000_000_000 },
    { field: 'uid', not: false, value: 0 },
    { field: 'comm', not: true, value: 'systemd-journal' },
    { field: 'cgroup', not: false, value: '/system.slice/nginx.service' },
    { field: 'type', not: true, value: ['packet', 'tick'] },
  ]
  expect(host.readFilters()).toEqual([])
  await host.writeFilters(rules)
  expect(host.readFilters()).toEqual(rules)
  clock.ns = 50e6
  readAll(feed)
  await host.writeFilters([{ field: 'uid', not: false, value: 33 }])
  clock.ns = 100e6
  expect(new Set(readAll(feed).map((record) => doerOf(record)?.uid))).toEqual(new Set([33]))
})

test('a control group that is not there is refused, and the rules stay', async () => {
  const { host } = openSynthetic()
  const rules: FilterRule[] = [{ field: 'uid', not: false, value: 0 }]
  await host.writeFilters(rules)
  const missing = () => host.writeFilters([{ field: 'cgroup', not: false, value: '/system.slice/none.service' }])
  await expect(missing()).rejects.toThrow(
    expect.objectContaining({ code: 'ECGROUP', hint: expect.stringContaining('nginx') }),
  )
  expect(host.readFilters()).toEqual(rules)
})
