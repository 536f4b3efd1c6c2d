/** Routes, shards, the filter and the tables in the kernel, order and transports: turned from the page, told by the ledger. */
import type { Page } from '@playwright/test'
import { type Agent, startAgent } from '../fixtures/agent.ts'
import { openLoad, syscallLoad } from '../fixtures/load.ts'
import { go, numberIn, open } from '../fixtures/page.ts'
import { droppedIn, statusOf, totalOf, violatedLaws } from '../fixtures/status.ts'
import { expect, test } from '../fixtures/test.ts'

const CPUS = [0, 1]
const OPENS_PER_SECOND = 5_000

async function slotsInUse(agent: Agent): Promise<string[]> {
  const { health } = await statusOf(agent)
  return health.slots.filter(({ capacityBytes }) => capacityBytes > 0).map(({ slot }) => slot)
}

async function choosePreset(page: Page, preset: string, words: RegExp): Promise<void> {
  await page.getByTestId(`preset-${preset}`).click()
  await page.getByTestId('routes-apply').click()
  await expect(page.getByTestId('routes-applied')).toContainText(words)
}

/** How many times less the tables took than the events would have. */
async function timesLess(page: Page): Promise<number> {
  const words = await page.getByTestId('table-volume').innerText()
  return Number(/([\d,.]+) × less/.exec(words)?.[1]?.replaceAll(',', '') ?? 0)
}

/** No law is broken, and nothing was dropped in any slot. */
async function expectNothingLost(agent: Agent): Promise<void> {
  const status = await statusOf(agent)
  expect(violatedLaws(status)).toEqual([])
  for (const { slot, gaps } of status.health.slots) expect([slot, droppedIn(status, slot), gaps]).toEqual([slot, 0, 0])
}

test('[L1] routes are switched under load by every preset, and nothing is lost', async ({ page, agent }) => {
  await open(page, agent, 'control')
  const load = openLoad(CPUS, OPENS_PER_SECOND, 50)
  try {
    for (const { preset, words, slots } of [
      { preset: 'subsystem', words: /subsystem/, slots: ['process', 'file', 'network', 'syscall'] },
      { preset: 'hot-cold', words: /hot/, slots: ['hot', 'cold'] },
      { preset: 'single', words: /single/, slots: ['normal'] },
      { preset: 'priority', words: /priority/, slots: ['critical', 'normal', 'debug'] },
    ]) {
      await choosePreset(page, preset, words)
      await expect.poll(() => slotsInUse(agent)).toEqual(slots)
    }
  } finally {
    await load.stop()
  }
  await expectNothingLost(agent)
})

test('a table of one’s own sends one type to a slot of its own', async ({ page, agent }) => {
  await open(page, agent, 'control')
  await page.getByTestId('route-exec-process').click()
  await page.getByTestId('routes-apply').click()
  await expect.poll(() => slotsInUse(agent)).toEqual(['critical', 'normal', 'debug', 'process'])
  await go(page, 'overview', agent.origin)
  await expect(page.getByTestId('slot-card-process')).toBeVisible()
})

test('a slot is sharded by CPU and made one again under load', async ({ page, agent }) => {
  await open(page, agent, 'control')
  const load = openLoad(CPUS, OPENS_PER_SECOND, 50)
  try {
    for (const { choice, parts } of [
      { choice: 'cpu', parts: CPUS.length },
      { choice: 'single', parts: 1 },
    ]) {
      await page.getByTestId(`shard-normal-${choice}`).click()
      await expect
        .poll(async () => (await statusOf(agent)).health.slots.find(({ slot }) => slot === 'normal')?.parts)
        .toBe(parts)
    }
  } finally {
    await load.stop()
  }
  await expectNothingLost(agent)
})

test('[L1] the filter in the kernel leaves out one process, counts it as filtered, and can be taken back', async ({
  page,
  agent,
}) => {
  await open(page, agent, 'control')
  await page.getByTestId('filter-line').fill('comm!=dd')
  await page.getByTestId('filter-line-add').click()
  await page.getByTestId('filter-apply').click()
  await expect(page.getByTestId('filter-applied')).toContainText('comm!=dd')
  const load = syscallLoad([0], 20)
  try {
    await expect.poll(() => numberIn(page.getByTestId('filtered-count'))).toBeGreaterThan(100_000)
    await go(page, 'explorer', agent.origin)
    await page.getByTestId('filter-text').fill('dd')
    const rows = page.getByTestId('explorer-row').filter({ hasText: 'lseek' })
    await expect(rows).toHaveCount(0)
  } finally {
    await load.stop()
  }
  const status = await statusOf(agent)
  expect(totalOf(status, 'syscall', 'filtered')).toBeGreaterThan(100_000)
  expect(violatedLaws(status)).toEqual([])
})

test('system calls that are only counted: no rows, the heaviest process by name, a hundredth of the volume', async ({
  page,
  agent,
}) => {
  await open(page, agent, 'control')
  await page.getByTestId('mode-syscall-aggregate').click()
  await expect(page.getByTestId('mode-applied-syscall')).toContainText('count only')
  const load = syscallLoad([0], 30)
  try {
    await go(page, 'top', agent.origin)
    await expect(page.getByTestId('heavy-process')).toContainText('dd')
    await expect(page.getByTestId('heavy-syscall')).toContainText(/read|write/)
    await expect.poll(() => timesLess(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(100)
  } finally {
    await load.stop()
  }
  const before = await statusOf(agent)
  expect(totalOf(before, 'syscall', 'aggregated')).toBeGreaterThan(100_000)
  expect(violatedLaws(before)).toEqual([])
})

test('the explorer says which order it shows', async ({ page, agent }) => {
  await open(page, agent, 'explorer')
  await expect(page.getByTestId('explorer-status')).toContainText('by time')
  await go(page, 'control', agent.origin)
  await page.getByTestId('order-mode-cpu').click()
  await page.getByTestId('order-apply').click()
  await expect(page.getByTestId('order-applied')).toContainText('as read')
  await go(page, 'explorer', agent.origin)
  await expect(page.getByTestId('explorer-status')).toContainText('as read')
})

test('perf buffers carry the same events, and tell their losses beside what was counted', async ({ page }) => {
  const agent = await startAgent({ source: 'kernel', args: ['--transport', 'perf', '--debug', '64KiB'] })
  try {
    await open(page, agent, 'explorer')
    await expect(page.getByTestId('explorer-row').first()).toBeVisible()
    const load = syscallLoad(CPUS, 30)
    const debug = async () => (await statusOf(agent)).health.slots.find(({ slot }) => slot === 'debug')
    try {
      await expect.poll(async () => (await debug())?.toldLost ?? 0, { timeout: 30_000 }).toBeGreaterThan(0)
    } finally {
      await load.stop()
    }
    const status = await statusOf(agent)
    expect(status.hello.transport).toBe('perf')
    const told = status.health.slots.find(({ slot }) => slot === 'debug')?.toldLost ?? 0
    expect(told).toBeLessThanOrEqual(droppedIn(status, 'debug'))
    expect(violatedLaws(status)).toEqual([])
    await go(page, 'overview', agent.origin)
    await expect(page.getByTestId('slot-told-debug')).toContainText(/[1-9]/)
  } finally {
    expect(await agent.stop()).toEqual({ code: 0, signal: null })
  }
})
