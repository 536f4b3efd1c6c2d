/** The explorer on a real kernel: what a command does is seen, with who did it, what it touched and how it ended. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { open, untilShown } from '../fixtures/page.ts'
import { expect, test } from '../fixtures/test.ts'

const run = promisify(execFile)

let folder: string
/** Stands in every path that the tests touch, and in no other. */
let mark: string

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringside-e2e-mark-'))
  mark = basename(folder)
})

test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('an exec and an open of a command show up with process, path and result', async ({ page, agent }) => {
  const program = join(folder, 'probe-cat')
  copyFileSync('/bin/cat', program)
  const file = join(folder, 'present.txt')
  writeFileSync(file, 'hello')
  await open(page, agent, 'explorer')
  await page.getByTestId('filter-text').fill(mark)

  const rows = page.getByTestId('explorer-row')
  const exec = rows.filter({ hasText: 'exec' }).filter({ hasText: program }).first()
  const present = rows.filter({ hasText: 'open' }).filter({ hasText: 'present.txt' }).first()
  const absent = rows.filter({ hasText: 'open' }).filter({ hasText: 'absent.txt' }).first()
  await untilShown([exec, present, absent], async () => {
    await run(program, [file])
    await run(program, [join(folder, 'absent.txt')]).catch(() => {})
  })
  await expect(exec).toContainText('probe-cat')
  await expect(present).toContainText('probe-cat')
  await expect(present).toContainText(/→ 3/)
  await expect(absent).toContainText('ENOENT')
})

test('the filter by type hides the other types', async ({ page, agent }) => {
  const file = join(folder, 'typed.txt')
  writeFileSync(file, 'hello')
  await open(page, agent, 'explorer')
  await page.getByTestId('filter-text').fill(mark)
  await page.getByTestId('filter-type-open').click()
  const rows = page.getByTestId('explorer-row')
  await untilShown(rows.filter({ hasText: 'typed.txt' }).first(), async () => void (await run('/bin/cat', [file])))
  await expect(rows.filter({ hasText: 'exec' })).toHaveCount(0)
})

test('a row opens its decoded fields and its bytes', async ({ page, agent }) => {
  const file = join(folder, 'detail.txt')
  writeFileSync(file, 'hello')
  await open(page, agent, 'explorer')
  await page.getByTestId('filter-text').fill(mark)
  const row = page.getByTestId('explorer-row').filter({ hasText: 'detail.txt' }).first()
  await untilShown(row, async () => void (await run('/bin/cat', [file])))
  await row.click()
  await expect(page.getByTestId('detail-pane')).toContainText('detail.txt')
  // The record starts with version 1 and type 4 (open), two bytes each.
  await expect(page.getByTestId('detail-bytes')).toContainText(/01\s*00\s*04\s*00/)
})

test('pause holds the rows still; resume shows what came since', async ({ page, agent }) => {
  await open(page, agent, 'explorer')
  await page.getByTestId('filter-text').fill(mark)
  const touch = async (name: string) => {
    writeFileSync(join(folder, name), 'hello')
    await run('/bin/cat', [join(folder, name)])
  }
  const rows = page.getByTestId('explorer-row')
  await untilShown(rows.filter({ hasText: 'before.txt' }).first(), () => touch('before.txt'))
  await page.getByTestId('pause').click()
  await touch('meanwhile.txt')
  // What came meanwhile is offered, not shown.
  await expect(page.getByTestId('jump-newest')).toBeVisible()
  await expect(rows.filter({ hasText: 'meanwhile.txt' })).toHaveCount(0)
  await page.getByTestId('jump-newest').click()
  await expect(rows.filter({ hasText: 'meanwhile.txt' }).first()).toBeVisible()
})
