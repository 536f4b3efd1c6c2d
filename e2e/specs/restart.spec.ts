/** An agent that is started anew under an open page: what the former one counted is never added to. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { type Agent, startAgent } from '../fixtures/agent.ts'
import { connected, numberIn, open } from '../fixtures/page.ts'
import { statusOf } from '../fixtures/status.ts'

/** Of each second: the first agent counts far more than the second can have, whose rows leave the restart in view. */
const [MANY, FEW] = [20_000, 2]
const COUNTED = 60_000
const SLOTS = ['critical', 'normal', 'debug'] as const

let runDir = ''
test.beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'ringside-e2e-restart-'))
})
test.afterEach(() => rmSync(runDir, { recursive: true, force: true }))

function start(rate: number, port = 0): Promise<Agent> {
  const args = ['--synthetic-rate', String(rate), '--port', String(port)]
  return startAgent({ source: 'synthetic', args, runDir })
}

/** What the page's cards say was submitted, all slots together. */
async function submittedOn(page: Page): Promise<number> {
  const numbers = await Promise.all(SLOTS.map((slot) => numberIn(page.getByTestId(`slot-submitted-${slot}`))))
  return numbers.reduce((sum, number) => sum + number, 0)
}

/** The same as the agent itself says. */
async function submittedOf(agent: Agent): Promise<number> {
  const { health } = await statusOf(agent)
  return health.fates.reduce((sum, { submitted }) => sum + submitted, 0)
}

/** In the page as it is: no room is left, nothing is loaded again. */
async function signInAgain(page: Page, agent: Agent): Promise<void> {
  await page.getByLabel('Link or token').fill(agent.link)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await connected(page)
}

test('[ACC-11] a restart begins the numbers anew on a page that stays open, and is marked in the rows', async ({
  page,
}) => {
  const first = await start(MANY)
  const { port } = first
  let second: Agent | null = null
  try {
    await open(page, first, 'explorer')
    await expect(page.getByTestId('explorer-row').first()).toBeVisible()
    await page.getByRole('link', { name: 'Overview', exact: true }).click()
    await expect.poll(() => submittedOn(page), { timeout: 30_000 }).toBeGreaterThan(COUNTED)
    await page.evaluate(() => Object.assign(window, { openedBefore: true }))
    const before = await submittedOn(page)
    const { hello: former } = await statusOf(first)
    await first.stop()
    await expect(page.getByTestId('connection')).not.toHaveAttribute('data-state', 'open')

    second = await start(FEW, port)
    await signInAgain(page, second)
    expect(await page.evaluate(() => 'openedBefore' in window), 'the page was not loaded again').toBe(true)
    expect((await statusOf(second)).hello.epoch).not.toBe(former.epoch)

    // Between two answers of the agent the page says something that lies between them, or a second behind.
    await expect.poll(() => submittedOn(page)).toBeGreaterThan(0)
    for (let look = 0; look < 5; look += 1) {
      const shown = await submittedOn(page)
      const told = await submittedOf(second)
      expect(shown).toBeLessThanOrEqual(told)
      expect(shown, 'what the former agent counted').toBeLessThan(before)
    }
    const rate = page.getByTestId('events-per-second')
    await expect.poll(() => numberIn(rate)).toBeGreaterThan(0)
    expect(await numberIn(rate), 'no rate across the restart').toBeLessThan(MANY / 2)

    await page.getByRole('link', { name: 'Explorer' }).click()
    await page.getByTestId('pause').click()
    const silence = page.getByTestId('silence-row')
    await expect(silence.first()).toContainText('The agent was restarted; its counters began anew.')
    await page.getByRole('link', { name: 'Ledger' }).click()
    for (const id of ['L1', 'L2', 'L3', 'L4', 'L5', 'L6']) {
      await expect(page.getByTestId(`law-${id}`)).not.toContainText(/violated/i)
    }
  } finally {
    await second?.stop()
    await first.stop()
  }
})
