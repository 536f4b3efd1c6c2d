/** A flood into a small `debug` buffer: the page says within 2 s that events were lost, where, and of which type. */

import type { Page } from '@playwright/test'
import type { Agent } from '../fixtures/agent.ts'
import { syscallLoad } from '../fixtures/load.ts'
import { numberIn, open } from '../fixtures/page.ts'
import { droppedIn, statusOf } from '../fixtures/status.ts'
import { expect, test } from '../fixtures/test.ts'

const SHOWN_WITHIN_MS = 2_000
/** The smallest that holds four of the largest records that go there. */
const SMALL = '8 KiB'

test('a flood drops in debug and not in critical, and the page shows it', async ({ page, agent }) => {
  await shrink(page, agent)
  await open(page, agent, 'overview')
  const shown = lossShownAt(page)
  const load = syscallLoad([0, 1], 30)
  try {
    await expect.poll(async () => droppedIn(await statusOf(agent), 'debug'), { intervals: [20] }).toBeGreaterThan(0)
    const known = Date.now()
    expect((await shown) - known).toBeLessThan(SHOWN_WITHIN_MS)
    await expect(page.getByTestId('verdict')).toContainText('syscall')
    expect(await numberIn(page.getByTestId('slot-dropped-critical'))).toBe(0)
    expect(await numberIn(page.getByTestId('kernel-lost'))).toBeGreaterThan(0)

    await open(page, agent, 'explorer')
    const gap = page.getByTestId('gap-row').first()
    await expect(gap).toContainText('debug')
    await expect(gap).toContainText('syscall')
  } finally {
    await load.stop()
  }
  expect(droppedIn(await statusOf(agent), 'critical')).toBe(0)
})

test('[L1] [L6] the ledger balances after the flood', async ({ page, agent }) => {
  await shrink(page, agent)
  const load = syscallLoad([0, 1], 30)
  await expect.poll(async () => droppedIn(await statusOf(agent), 'debug')).toBeGreaterThan(0)
  await load.stop()

  await open(page, agent, 'ledger')
  for (const id of ['L1', 'L2', 'L3', 'L4', 'L5', 'L6']) {
    await expect(page.getByTestId(`law-${id}`)).toContainText('difference 0')
  }
  const { health } = await statusOf(agent)
  expect(health.laws.filter((law) => law.verdict === 'violated')).toEqual([])
  expect(health.slots.find(({ slot }) => slot === 'debug')?.gaps).toBeGreaterThan(0)
})

/** When card and verdict told of a loss in `debug`, by the page's own clock: the test's own turns do not count. */
function lossShownAt(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const textOf = (id: string) => document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ''
        const look = () => {
          if (!/[1-9]/.test(textOf('slot-dropped-debug')) || !textOf('verdict').includes('debug')) return
          observer.disconnect()
          resolve(Date.now())
        }
        const observer = new MutationObserver(look)
        observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
        look()
      }),
  )
}

async function shrink(page: Page, agent: Agent): Promise<void> {
  await open(page, agent, 'control')
  await page.getByTestId('resize-debug').fill(SMALL)
  await page.getByTestId('resize-apply-debug').click()
  await expect(page.getByTestId('resize-applied-debug')).toContainText(SMALL)
}
