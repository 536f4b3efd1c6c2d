/** Controls of the page act on the running kernel: told by the kernel's own counters, within 100 ms of the answer. */
import type { Page } from '@playwright/test'
import { type Reading, rowsMapOf, watchRow } from '../fixtures/kernel-witness.ts'
import { syscallLoad } from '../fixtures/load.ts'
import { open } from '../fixtures/page.ts'
import { expect, test } from '../fixtures/test.ts'

const EFFECT_WITHIN_MS = 100
const WATCHED_MS = 600
const CPU = 0

/** Does `act`, and returns when the page said that it is applied (ms), told by the page itself. */
async function appliedAt(page: Page, testId: string, text: RegExp, act: () => Promise<void>): Promise<number> {
  const told = page.evaluate(
    ({ id, pattern }) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const element = document.querySelector(`[data-testid="${id}"]`)
          if (!new RegExp(pattern).test(element?.textContent ?? '')) return
          observer.disconnect()
          resolve(Date.now())
        }
        const observer = new MutationObserver(look)
        observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
        look()
      }),
    { id: testId, pattern: text.source },
  )
  await act()
  return told
}

/** What became of the events from `fromMs` on. */
function fatesAfter(readings: Reading[], fromMs: number): Record<'seen' | 'sampled' | 'shed' | 'submitted', number> {
  const later = readings.filter((reading) => reading.askedMs >= fromMs)
  const [first, last] = [later[0], later.at(-1)]
  if (first === undefined || last === undefined || first === last) throw new Error('too few readings of the kernel')
  return {
    seen: last.seen - first.seen,
    sampled: last.sampled - first.sampled,
    shed: last.shed - first.shed,
    submitted: last.submitted - first.submitted,
  }
}

test.describe('while a processor makes system calls', () => {
  test('sampling of 0 % keeps nothing, and 10 % one in ten', async ({ page, agent }) => {
    await open(page, agent, 'control')
    const map = await rowsMapOf(agent)
    const load = syscallLoad([CPU], 50)
    try {
      for (const { asked, shown, share } of [
        { asked: '0', shown: /^0\s*%$/, share: 0 },
        { asked: '10', shown: /^10\s*%$/, share: 0.1 },
        { asked: '100', shown: /^100\s*%$/, share: 1 },
      ]) {
        const watch = watchRow(map, CPU, 'debug', 'syscall')
        const applied = await appliedAt(page, 'sampling-applied-syscall', shown, async () => {
          await page.getByTestId('sampling-syscall').fill(asked)
          await page.getByTestId('sampling-syscall').press('Enter')
        })
        await expect.poll(() => Date.now() - applied).toBeGreaterThan(EFFECT_WITHIN_MS + WATCHED_MS)
        const fates = fatesAfter(await watch.stop(), applied + EFFECT_WITHIN_MS)
        expect(fates.seen).toBeGreaterThan(10_000)
        expect(1 - fates.sampled / fates.seen).toBeCloseTo(share, 1)
      }
    } finally {
      await load.stop()
    }
  })

  test('backpressure sheds while the buffer is above its watermark, and stops when it is off', async ({
    page,
    agent,
  }) => {
    await open(page, agent, 'control')
    const map = await rowsMapOf(agent)
    await page.getByTestId('resize-debug').fill('8 KiB')
    await page.getByTestId('resize-apply-debug').click()
    await expect(page.getByTestId('resize-applied-debug')).toContainText('8 KiB')
    const load = syscallLoad([CPU], 50)
    try {
      for (const { shown, sheds } of [
        { shown: /^on/, sheds: true },
        { shown: /^off/, sheds: false },
      ]) {
        const watch = watchRow(map, CPU, 'debug', 'syscall')
        const applied = await appliedAt(page, 'backpressure-applied-debug', shown, () =>
          page.getByTestId('backpressure-debug').click(),
        )
        await expect.poll(() => Date.now() - applied).toBeGreaterThan(EFFECT_WITHIN_MS + WATCHED_MS)
        const fates = fatesAfter(await watch.stop(), applied + EFFECT_WITHIN_MS)
        expect(fates.seen).toBeGreaterThan(10_000)
        if (sheds) expect(fates.shed).toBeGreaterThan(0)
        else expect(fates.shed).toBe(0)
      }
    } finally {
      await load.stop()
    }
    await open(page, agent, 'overview')
    await expect(page.getByTestId('slot-shed-debug')).toContainText(/[1-9]/)
  })

  test('a type that is switched off is seen no more', async ({ page, agent }) => {
    await open(page, agent, 'control')
    const map = await rowsMapOf(agent)
    const load = syscallLoad([CPU], 50)
    try {
      for (const { shown, on } of [
        { shown: /^off/, on: false },
        { shown: /^on/, on: true },
      ]) {
        const watch = watchRow(map, CPU, 'debug', 'syscall')
        const applied = await appliedAt(page, 'enable-applied-syscall', shown, () =>
          page.getByTestId('enable-syscall').click(),
        )
        await expect.poll(() => Date.now() - applied).toBeGreaterThan(EFFECT_WITHIN_MS + WATCHED_MS)
        const { seen } = fatesAfter(await watch.stop(), applied + EFFECT_WITHIN_MS)
        if (on) expect(seen).toBeGreaterThan(10_000)
        else expect(seen).toBe(0)
      }
    } finally {
      await load.stop()
    }
  })

  test('pausing the capture stops every program before it counts', async ({ page, agent }) => {
    await open(page, agent, 'control')
    const map = await rowsMapOf(agent)
    const load = syscallLoad([CPU], 50)
    try {
      for (const { shown, paused } of [
        { shown: /^paused$/, paused: true },
        { shown: /^capturing$/, paused: false },
      ]) {
        const watch = watchRow(map, CPU, 'debug', 'syscall')
        const applied = await appliedAt(page, 'pause-applied', shown, () => page.getByTestId('pause-capture').click())
        await expect.poll(() => Date.now() - applied).toBeGreaterThan(EFFECT_WITHIN_MS + WATCHED_MS)
        const { seen } = fatesAfter(await watch.stop(), applied + EFFECT_WITHIN_MS)
        if (paused) expect(seen).toBe(0)
        else expect(seen).toBeGreaterThan(10_000)
      }
    } finally {
      await load.stop()
    }
  })
})
