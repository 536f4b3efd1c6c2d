/** The page without privileges: it says that the source is made up, and everything on it works. */
import { AxeBuilder } from '@axe-core/playwright'
import { go, numberIn, open, ROOMS, type Room } from '../fixtures/page.ts'
import { expect, test } from '../fixtures/test.ts'

test.use({ source: 'synthetic' })

const rooms = Object.keys(ROOMS) as Room[]

test('the badge says SYNTHETIC in every room', async ({ page, agent }) => {
  await open(page, agent)
  for (const room of rooms) {
    await go(page, room, agent.origin)
    await expect(page.getByTestId('source-badge')).toContainText('SYNTHETIC')
  }
})

test('events arrive, and the top tables fill', async ({ page, agent }) => {
  await open(page, agent, 'explorer')
  await expect(page.getByTestId('explorer-row').first()).toBeVisible()
  await expect.poll(() => numberIn(page.getByTestId('events-per-second'))).toBeGreaterThan(0)
  await go(page, 'top', agent.origin)
  for (const table of ['process', 'syscall', 'file', 'remote']) {
    await expect(page.getByTestId(`top-${table}`).getByRole('row').nth(1)).toBeVisible()
  }
})

test('an estimate of seven digits stands in one line of its column, and within it', async ({ page, agent }) => {
  await open(page, agent)
  const cell = page.getByRole('table').filter({ hasText: 'may be off' }).getByRole('row').nth(1).locator('td').nth(1)
  await expect(cell).toBeVisible()
  const grown = await cell.evaluate((td) => {
    const height = td.clientHeight
    td.textContent = '≈ 2,863,103'
    return { height: td.clientHeight - height, width: td.scrollWidth - td.clientWidth }
  })
  expect(grown).toEqual({ height: 0, width: 0 })
})

test('a pause of the capture is marked after the last row before it', async ({ page, agent }) => {
  await open(page, agent, 'explorer')
  await expect(page.getByTestId('explorer-row').first()).toBeVisible()
  await page.getByRole('link', { name: 'Control' }).click()
  await page.getByTestId('pause-capture').click()
  await expect(page.getByTestId('pause-applied')).toHaveText('paused')
  await page.getByRole('link', { name: 'Explorer' }).click()
  await expect(page.getByTestId('paused-row')).toBeVisible()
})

test('a paused table is where it was left after a visit to another room', async ({ page, agent }) => {
  await open(page, agent, 'explorer')
  await expect.poll(() => page.getByTestId('explorer-row').count()).toBeGreaterThan(20)
  await page.getByTestId('pause').click()
  const time = await page.getByTestId('explorer-row').nth(20).locator('td').first().innerText()
  const row = page.getByTestId('explorer-row').filter({ hasText: time }).first()
  await expect(row).toBeInViewport()
  await page.getByRole('link', { name: 'Control' }).click()
  await expect(page.getByTestId('pause-applied')).toBeVisible()
  await page.getByRole('link', { name: 'Explorer' }).click()
  await expect(row).toBeInViewport()
})

test('the token leaves the address bar, and a stranger is told what to do', async ({ page, agent, browser }) => {
  await open(page, agent)
  expect(page.url()).not.toContain('token')
  const stranger = await browser.newPage()
  await stranger.goto(agent.origin)
  await expect(stranger.locator('body')).toContainText(/link/i)
  await expect(stranger.locator('[data-testid=connection][data-state=open]')).toHaveCount(0)
  await stranger.close()
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const room of rooms) {
    test(`axe finds nothing in ${room}, ${colorScheme}`, async ({ page, agent }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await open(page, agent, room)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(' | ')}`)).toEqual([])
    })
  }
}

for (const room of rooms) {
  test(`${room} fits 900 px`, async ({ page, agent }) => {
    await page.setViewportSize({ width: 900, height: 1000 })
    await open(page, agent, room)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })
}
