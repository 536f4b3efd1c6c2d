/** A real ring changes its size from the page while two processors write, and no event is lost by it. */

import { gentleLoad } from '../fixtures/load.ts'
import { numberIn, open } from '../fixtures/page.ts'
import { capacityOf, droppedIn, statusOf } from '../fixtures/status.ts'
import { expect, test } from '../fixtures/test.ts'

const MIB = 1 << 20
const SIZES = [
  { text: '16 MiB', bytes: 16 * MIB },
  { text: '1 MiB', bytes: MIB },
  { text: '8 MiB', bytes: 8 * MIB },
]

test('the new capacity is shown, and nothing was dropped', async ({ page, agent }) => {
  await open(page, agent, 'control')
  const loads = [gentleLoad(0, 50_000, 50), gentleLoad(1, 50_000, 50)]
  try {
    const before = droppedIn(await statusOf(agent), 'debug')
    for (const { text, bytes } of SIZES) {
      await page.getByTestId('resize-debug').fill(text)
      await page.getByTestId('resize-apply-debug').click()
      await expect(page.getByTestId('resize-applied-debug')).toContainText(text)
      await expect.poll(async () => capacityOf(await statusOf(agent), 'debug')).toBe(bytes)
    }
    await open(page, agent, 'overview')
    await expect(page.getByTestId('slot-capacity-debug')).toContainText('8 MiB')
    expect(await numberIn(page.getByTestId('slot-dropped-debug'))).toBe(before)
    expect(droppedIn(await statusOf(agent), 'debug')).toBe(before)
  } finally {
    await Promise.all(loads.map((load) => load.stop()))
  }
})

test('a size that cannot be is refused in words, and nothing changes', async ({ page, agent }) => {
  await open(page, agent, 'control')
  const before = capacityOf(await statusOf(agent), 'debug')
  await page.getByTestId('resize-debug').fill('1000')
  await page.getByTestId('resize-apply-debug').click()
  await expect(page.getByTestId('command-error')).toBeVisible()
  expect(capacityOf(await statusOf(agent), 'debug')).toBe(before)
})
