/** A client that never reads is accounted for, and costs the others nothing. */

import { openLoad } from '../fixtures/load.ts'
import { numberIn, withoutSyscalls } from '../fixtures/page.ts'
import { connectStalledClient } from '../fixtures/stalled-client.ts'
import { droppedIn, statusOf } from '../fixtures/status.ts'
import { expect, test } from '../fixtures/test.ts'

test('a client that never reads costs the page nothing, and its skipped events are counted', async ({
  page,
  agent,
}) => {
  await withoutSyscalls(page, agent)
  const before = await statusOf(agent)
  const stalled = await connectStalledClient(agent)
  const load = openLoad([0, 1], 10_000, 50)
  try {
    const skippedBy = async () => {
      const { health } = await statusOf(agent)
      const laws = health.laws.filter((law) => law.id === 'L4' && /client/.test(law.scope))
      return laws
        .flatMap((law) => /skipped ([\d,]+)/.exec(law.text)?.[1] ?? [])
        .map((text) => Number(text.replaceAll(',', '')))
    }
    await expect.poll(async () => Math.max(0, ...(await skippedBy())), { timeout: 20_000 }).toBeGreaterThan(0)
    const status = await statusOf(agent)
    expect(status.health.laws.filter((law) => law.verdict === 'violated')).toEqual([])
    expect(status.health.withheld).toBe(before.health.withheld)
    expect(droppedIn(status, 'normal')).toBe(0)
    expect(await numberIn(page.getByTestId('viewer-skipped'))).toBe(0)
    await expect.poll(() => numberIn(page.getByTestId('events-per-second'))).toBeGreaterThan(10_000)
  } finally {
    stalled.close()
    await load.stop()
  }
})
