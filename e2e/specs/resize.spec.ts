/** A real ring changes its size from the page while two processors write, and no event is lost by it. */

import { openLoad } from '../fixtures/load.ts'
import { numberIn, open, withoutSyscalls } from '../fixtures/page.ts'
import { capacityOf, droppedIn, statusOf } from '../fixtures/status.ts'
import { expect, test } from '../fixtures/test.ts'

const MIB = 1 << 20
const SIZES = [
  { text: '16 MiB', bytes: 16 * MIB },
  { text: '1 MiB', bytes: MIB },
  { text: '8 MiB', bytes: 8 * MIB },
]

test('the new capacity is shown, and nothing was dropped', async ({ page, agent }) => {
  await withoutSyscalls(page, agent)
  const load = openLoad([0, 1], 10_000, 50)
  try {
    for (const { text, bytes } of SIZES) {
      await page.getByTestId('resize-normal').fill(text)
      await page.getByTestId('resize-apply-normal').click()
      await expect(page.getByTestId('resize-applied-normal')).toContainText(text)
      await expect.poll(async () => capacityOf(await statusOf(agent), 'normal')).toBe(bytes)
    }
    await open(page, agent, 'overview')
    await expect(page.getByTestId('slot-capacity-normal')).toContainText('8 MiB')
    await expect.poll(() => numberIn(page.getByTestId('events-per-second'))).toBeGreaterThan(10_000)
    expect(await numberIn(page.getByTestId('slot-dropped-normal'))).toBe(0)
  } finally {
    await load.stop()
  }
  expect(droppedIn(await statusOf(agent), 'normal')).toBe(0)
})

test('a size that cannot be is refused in words, and nothing changes', async ({ page, agent }) => {
  await open(page, agent, 'control')
  const before = capacityOf(await statusOf(agent), 'debug')
  await page.getByTestId('resize-debug').fill('1000')
  await page.getByTestId('resize-apply-debug').click()
  await expect(page.getByTestId('command-error')).toBeVisible()
  expect(capacityOf(await statusOf(agent), 'debug')).toBe(before)
})
