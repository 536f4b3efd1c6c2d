/** `ringside status` and `ringside doctor`: what scripts read, and the exit codes they go by. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Law } from '@ringside/protocol'
import { EVENT_TYPES } from '@ringside/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunDir } from './agent-process.ts'

type Named = Pick<Law, 'id' | 'scope' | 'verdict'>

/** Without clients; L5 is the page's. */
const LAWS = [
  ...['critical', 'normal', 'debug'].flatMap((slot) => ['L1', 'L2', 'L3', 'L6'].map((id) => `${id} ${slot}`)),
  'L4 agent',
]

let here: RunDir
beforeEach(() => {
  here = new RunDir()
})
afterEach(() => here.clear())

describe('status', () => {
  it('without an agent says so, with exit code 3', async () => {
    const { code, stderr } = await here.run('status').ended
    expect(code).toBe(3)
    expect(stderr).toContain(`No agent runs on this host (looked in ${here.path})`)
  })

  it('does not take a record for an agent, when its process has ended or is another one', async () => {
    const record = { port: 1, url: 'http://x/', token: 't', version: '0', selfTest: null, startTime: '1' }
    for (const pid of [process.pid, 2 ** 22 + 1]) {
      writeFileSync(join(here.path, 'agent.json'), JSON.stringify({ ...record, pid }))
      expect((await here.run('status').ended).code).toBe(3)
    }
  })

  it('as JSON holds the ledger by buffer and type, and the laws', async () => {
    await here.serve('--debug', '64K').ready()
    const { code, stdout } = await here.run('status', '--json').ended
    expect(code).toBe(0)
    const status = JSON.parse(stdout)
    expect(status).toMatchObject({ transport: 'ring', transportReason: null, layout: 'priority', filters: [] })
    expect(status).toMatchObject({ version: 1, source: 'synthetic', withheld: 0, missed: 0, clients: 0 })
    expect(status.slots.map((slot: { name: string }) => slot.name)).toEqual(['critical', 'normal', 'debug'])
    expect(status.slots[2]).toMatchObject({ capacityBytes: 65536, parts: 1, sharding: 'single', processing: 'stream' })
    for (const field of ['usedBytes', 'highWaterBytes']) expect(status.slots[2][field]).toBeGreaterThanOrEqual(0)
    const types = status.slots.flatMap((slot: { types: { name: string; enabled: boolean }[] }) => slot.types)
    expect(types.map(({ name }: { name: string }) => name).sort()).toEqual(Object.keys(EVENT_TYPES).sort())
    expect(types.every(({ enabled }: { enabled: boolean }) => enabled)).toBe(true)
    const ids = new Set(status.laws.map(({ id }: { id: string }) => id))
    expect([...ids].sort()).toEqual(['L1', 'L2', 'L3', 'L4', 'L6'])
    expect(status.lawsElsewhere).toMatchObject([{ id: 'L5', where: 'page' }])
    const type = status.slots[2].types.find((one: { name: string }) => one.name === 'syscall')
    expect(type.seen).toBe(type.filtered + type.sampled + type.shed + type.aggregated + type.dropped + type.submitted)
    expect(Object.keys(type.droppedBy)).toEqual(['full', 'oversize', 'noReader', 'other'])
    for (const field of ['consumed', 'decoded', 'malformed']) expect(type[field]).toBeGreaterThanOrEqual(0)
    expect(status.laws.map(({ id, scope }: Named) => `${id} ${scope}`)).toEqual(LAWS)
    expect(status.laws.filter(({ verdict }: Named) => verdict === 'violated')).toEqual([])
  })

  it('as text says SYNTHETIC, and adds up', async () => {
    await here.serve().ready()
    const { stdout } = await here.run('status').ended
    expect(stdout).toContain('SYNTHETIC')
    expect(stdout).toMatch(/✓ {2}L1 {2}debug: seen [\d,]+ =/)
    expect(stdout).toContain(
      'ring buffers · layout priority · order by time within 100 ms · filter in the kernel: none',
    )
    expect(stdout).toMatch(/^buffer +parts +capacity/m)
    expect(stdout).toMatch(/^buffer +type +seen +filtered +sampled +shed +aggregated +dropped/m)
  })

  it('gives the link again', async () => {
    const agent = await here.serve().ready()
    const { stdout } = await here.run('status', '--link').ended
    expect(stdout).toBe(`http://127.0.0.1:${agent.port}/#token=${agent.token}\n`)
  })
})

describe('doctor', () => {
  it('as JSON tells each ability with its mend, and by its exit code whether all is there', async () => {
    const { code, stdout } = await here.run('doctor', '--json').ended
    const report = JSON.parse(stdout)
    expect(report.agent).toBeNull()
    expect(report.abilities.map((item: { id: string }) => item.id)).toEqual(
      expect.arrayContaining(['kernel', 'btf', 'capabilities', 'ring', 'programs', 'self-test', 'page', 'flock']),
    )
    for (const { ok, mend } of report.abilities) expect(mend === '').toBe(ok)
    expect(report.ok).toBe(report.abilities.every((item: { ok: boolean }) => item.ok))
    expect(code).toBe(report.ok ? 0 : 1)
  })

  it('as text marks what works, and names the agent that runs', async () => {
    const agent = await here.serve().ready()
    const { stdout } = await here.run('doctor').ended
    expect(stdout).toContain(`An agent runs on this host: pid ${agent.pid}, http://127.0.0.1:${agent.port}/`)
    expect(stdout).toMatch(/✓ {2}Every event is accounted for/)
  })
})
