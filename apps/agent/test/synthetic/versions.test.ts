import { expect, test } from 'vitest'
import { ABI } from '../../src/source/abi.ts'
import { doerOf, drain, type ReadRecord } from './reading.ts'
import { openSynthetic, singles } from './source.ts'

const EXEC = 2
const { rs_exec, rs_exec2 } = ABI.structs

/** The exec records of a fifth of a second under this version. */
function execs(version: number): ReadRecord[] {
  const { feed, controls, clock } = openSynthetic({ buffers: singles(1 << 20, 1 << 20, 1 << 20) })
  controls.version(EXEC, version)
  clock.ns = 0.2e9
  return drain(feed, controls).filter(({ type }) => type === EXEC)
}

function pathOf({ view }: ReadRecord): string {
  const at = view.byteOffset + view.getUint16(rs_exec.members.path_off, true)
  return Buffer.from(view.buffer, at, view.getUint16(rs_exec.members.path_len, true)).toString()
}

test.each([
  [0, 2],
  [1, 1],
  [2, 2],
  [9, 2],
])('version %i asked for gives records of version %i', (asked, given) => {
  expect(new Set(execs(asked).map(({ version }) => version))).toEqual(new Set([given]))
})

test('both versions tell the same of an exec, where their layouts put it', () => {
  const [first, second] = [execs(1), execs(2)]
  expect(first.length).toBeGreaterThan(5)
  expect(first.map(pathOf)).toEqual(second.map(pathOf))
  expect(first.map(doerOf)).toEqual(second.map(doerOf))
  expect(first.map(({ view }) => view.byteLength - rs_exec.bytes)).toEqual(
    second.map(({ view }) => view.byteLength - rs_exec2.bytes),
  )
})

test('version 2 names the parent and the control group', () => {
  for (const { view } of execs(2)) {
    expect(view.getUint32(rs_exec2.members.parent_pid, true)).toBeGreaterThan(0)
    expect(view.getBigUint64(rs_exec2.members.cgroup, true)).toBeGreaterThan(1n)
  }
})

test('versions live side by side when the control changes', () => {
  const { feed, controls, clock } = openSynthetic({ buffers: singles(1 << 20, 1 << 20, 1 << 20) })
  controls.version(EXEC, 1)
  clock.ns = 0.1e9
  feed.beginPass()
  controls.version(EXEC, 2)
  clock.ns = 0.2e9
  const versions = drain(feed, controls)
    .filter(({ type }) => type === EXEC)
    .map(({ version }) => version)
  expect(new Set(versions)).toEqual(new Set([1, 2]))
  expect(versions).toEqual([...versions].sort())
})
