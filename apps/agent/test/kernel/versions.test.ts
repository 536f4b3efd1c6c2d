/** Records of two versions side by side, and records that nobody knows: these arrive as bytes, and are counted. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { EVENT_TYPES, TRANSPORTS } from '@ringside/protocol'
import { describe, expect, test } from 'vitest'
import { ABI, LIMITS } from '../../src/source/abi.ts'
import { findCgroup } from '../../src/source/kernel/cgroups.ts'
import { buffersOf, typeOffset } from './support/controls.ts'
import { eventAt, type SeenEvent } from './support/events.ts'
import { Stage } from './support/stage.ts'

const SLOT = 1
const BUFFERS = buffersOf({ [SLOT]: 4 * 1024 * 1024 })
const NO_TYPE = 13
const NO_VERSION = 7
/** What a perf buffer may append (roundup8(n + 4) − 4). */
const SLACK_BYTES = 7
const { rs_header, rs_load, rs_type_control } = ABI.structs

/** Execs by the process that makes them, as they come. */
async function openExecs(transport: 'ring' | 'perf') {
  const stage = await Stage.open({
    ...{ transport, buffers: BUFFERS, control: { types: { exec: SLOT } } },
    attach: ['on_exec'],
  })
  const execs: SeenEvent[] = []
  stage.onChunk = (words, good) => {
    for (let index = 0; index < good; index += 1) {
      execs.push(eventAt(new DataView(words.buffer), (stage.scanner.at[index] as number) * 4))
    }
  }
  const runWith = async (version: number): Promise<number> => {
    const at = typeOffset(EVENT_TYPES.exec) + rs_type_control.members.version
    stage.host.writeControl(at, Uint8Array.of(version))
    return await stage.during(
      new Promise<number>((resolve) => {
        const child = execFile('/bin/true', () => resolve(child.pid ?? 0))
      }),
    )
  }
  return { stage, execs, runWith }
}

/** In the v2 hierarchy. */
function ownCgroup(): bigint {
  const path = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'latin1'))?.[1] ?? ''
  return findCgroup(path).id
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('[L3] an exec of version 1 and one of version 2 come side by side, as does the newest', async () => {
    const { stage, execs, runWith } = await openExecs(transport)
    const pids: number[] = []
    for (const version of [1, 2, 1, 0]) pids.push(await runWith(version))
    await stage.rest()
    stage.pass()
    expect(stage.violations()).toEqual([])
    const own = pids.map((pid) => execs.find(({ task }) => task.pid === pid))
    expect(own.map((event) => event?.version)).toEqual([1, 2, 1, 2])
    expect(own.map((event) => [event?.path, event?.task.comm])).toEqual(pids.map(() => ['/bin/true', 'true']))
    expect(own.map((event) => event?.numbers.old_pid)).toEqual(pids)
  })

  test('version 2 of an exec tells who started it, and to which control group it belongs', async () => {
    const { stage, execs, runWith } = await openExecs(transport)
    const pid = await runWith(2)
    await stage.rest()
    stage.pass()
    const exec = execs.find(({ task }) => task.pid === pid)
    expect(exec?.numbers.parent_pid).toBe(stage.host.agentPid)
    expect(exec?.big.cgroup).toBe(ownCgroup())
  })

  test.each([
    { name: 'type', type: NO_TYPE, version: 1 },
    { name: 'version', type: EVENT_TYPES.load, version: NO_VERSION },
    { name: 'version', type: EVENT_TYPES.exec, version: 3 },
  ])('[L3] a record of an unknown $name ($type, $version) arrives as bytes, and is counted', async (unknown) => {
    const control = { types: { [unknown.type]: SLOT, load: SLOT } }
    const stage = await Stage.open({ transport, buffers: BUFFERS, control })
    const records: { bytes: Buffer; reason: string }[] = []
    stage.onMalformed = (words, record, length, _slot, reason) => {
      records.push({ bytes: Buffer.from(new Uint8Array(words.buffer, record * 4, length).slice()), reason })
    }
    stage.generate(3, { ...unknown, padBytes: 21 })
    stage.generate(2)
    stage.pass()
    const size = rs_load.bytes + 21
    expect(records.map(({ reason }) => reason)).toEqual([unknown.name, unknown.name, unknown.name])
    for (const [index, { bytes }] of records.entries()) {
      expect(bytes.length - size, 'behind its end').toBeGreaterThanOrEqual(0)
      expect(bytes.length - size).toBeLessThanOrEqual(SLACK_BYTES)
      expect(bytes.readUInt16LE(rs_header.members.version)).toBe(unknown.version)
      expect(bytes.readUInt16LE(rs_header.members.type)).toBe(unknown.type)
      expect(bytes.readUInt32LE(rs_header.members.size)).toBe(size)
      expect(Number(bytes.readBigUInt64LE(rs_load.members.id))).toBe(index + 1)
    }
    const sum = (table: Float64Array) => table.reduce((total, count) => total + count, 0)
    const { consumed, decoded, malformed, sequence } = stage.scanner
    const { fates } = stage.ledger()
    expect([sum(decoded), sum(malformed)]).toEqual([2, 3])
    expect([sum(fates.submitted), sum(consumed)], 'submitted, and consumed').toEqual([5, 5])
    expect([sum(sequence.gaps), sum(sequence.inversions)]).toEqual([0, 0])
    expect(fates.seen[SLOT * LIMITS.types + unknown.type], 'counted as what it says it is').toBe(
      unknown.type === EVENT_TYPES.load ? 5 : 3,
    )
  })
})
