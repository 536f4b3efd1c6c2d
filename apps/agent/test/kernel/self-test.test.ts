/** The self-test of a start: it passes on a kernel that counts right, and names what does not balance. */
import { EVENT_TYPES, TRANSPORTS } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { selfTest } from '../../src/cli/self-test.ts'
import { judgeSelfTest, type SelfTestFacts } from '../../src/health/self-test.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { ABI, LIMITS } from '../../src/source/abi.ts'
import { exerciseEmit } from '../../src/source/kernel/self-test.ts'

const EVENTS_AT_LEAST = 200_000
const BUDGET_MS = 1500

function exercise(): Promise<SelfTestFacts & { check: Scanner }> {
  return exerciseEmit((cpus) => new Scanner(cpus))
}

const { rs_row, rs_fates } = ABI.structs
/** Of the generator's events, in the slot of the self-test. */
const CELL = rs_row.members.fates + (LIMITS.types + EVENT_TYPES.load) * rs_fates.bytes

/** Adds to a counter of the first row in which the generator was seen: the thread may run on any CPU. */
function tamper(facts: SelfTestFacts, offset: number, by: number): void {
  const view = new DataView(facts.rows.buffer)
  let row = 0
  while (view.getBigUint64(row + CELL, true) === 0n) row += rs_row.bytes
  view.setBigUint64(row + offset, view.getBigUint64(row + offset, true) + BigInt(by), true)
}

test.each(TRANSPORTS)(
  '[L1 L2 L6] holds on this kernel, for 200,000 events and with nesting, within its time (%s)',
  async (transport) => {
    const result = await selfTest(transport)
    expect(result.text).toMatch(/every one accounted for$/)
    expect(result.ok).toBe(true)
    expect(result.events).toBeGreaterThanOrEqual(EVENTS_AT_LEAST)
    expect(result.nestedRecords).toBeGreaterThan(0)
    expect(result.dropped).toBeGreaterThan(0)
    expect(result.milliseconds).toBeLessThan(BUDGET_MS)
  },
)

test('[L6] a number given out and never dropped nor read is found', async () => {
  const facts = await exercise()
  tamper(facts, rs_row.members.seq + 8, 1)
  const result = judgeSelfTest(facts)
  expect(result.ok).toBe(false)
  expect(result.laws.filter((law) => law.verdict === 'violated').map((law) => law.id)).toEqual(['L6'])
})

test('[L1 L2] an event that is seen or submitted in the counters alone is found', async () => {
  const facts = await exercise()
  tamper(facts, CELL + rs_fates.members.submitted, 1)
  const result = judgeSelfTest(facts)
  expect(result.ok).toBe(false)
  expect(result.laws.filter((law) => law.verdict === 'violated').map((law) => law.id)).toEqual(['L1', 'L2'])
})

test('[L1] an event that nobody saw is found', async () => {
  const facts = await exercise()
  const result = judgeSelfTest({ ...facts, loads: facts.loads + 1 })
  expect(result.ok).toBe(false)
  expect(result.text).toContain('events were made')
})
