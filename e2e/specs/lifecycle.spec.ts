/** Start and end of the agent on a real kernel: nothing is left behind, and two do not fight. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type Agent, startAgent } from '../fixtures/agent.ts'
import { linkExists, programExists } from '../fixtures/kernel-witness.ts'
import { syscallLoad } from '../fixtures/load.ts'

/** How many of these programs and links the kernel still has. */
async function leftOf({ programs, links }: ReturnType<Agent['kernelObjects']>): Promise<number> {
  const answers = await Promise.all([...programs.map(programExists), ...links.map(linkExists)])
  return answers.filter(Boolean).length
}

test('[LIF-1] after kill -9 nothing is left attached', async () => {
  const agent = await startAgent({ source: 'kernel' })
  const objects = agent.kernelObjects()
  expect(objects.programs.length).toBeGreaterThan(0)
  expect(objects.links.length).toBeGreaterThan(0)
  expect(await leftOf(objects)).toBe(objects.programs.length + objects.links.length)
  agent.signal('SIGKILL')
  await agent.stop()
  await expect.poll(() => leftOf(objects), { timeout: 1_000 }).toBe(0)
})

test('[LIF-5] SIGTERM under load ends it with exit code 0 within 3 s', async () => {
  const agent = await startAgent({ source: 'kernel' })
  const objects = agent.kernelObjects()
  const load = syscallLoad([0, 1], 20)
  const start = Date.now()
  const ended = await agent.stop()
  const took = Date.now() - start
  await load.stop()
  expect(ended).toEqual({ code: 0, signal: null })
  expect(took).toBeLessThan(3_000)
  await expect.poll(() => leftOf(objects), { timeout: 1_000 }).toBe(0)
})

test('[LIF] a second agent refuses, and names the one that runs', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'ringside-e2e-shared-'))
  const first = await startAgent({ source: 'synthetic', runDir })
  try {
    const refusal = await startAgent({ source: 'synthetic', runDir }).catch((error: Error) => error.message)
    expect(refusal).toContain(String(first.pid))
    expect(refusal).not.toContain('"code":0')
    expect((await fetch(`${first.origin}/healthz`)).status).toBe(200)
  } finally {
    await first.stop()
    rmSync(runDir, { recursive: true, force: true })
  }
})

test('[LIF] a new agent starts where one was killed', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'ringside-e2e-shared-'))
  const first = await startAgent({ source: 'synthetic', runDir })
  first.signal('SIGKILL')
  await first.ended
  const second = await startAgent({ source: 'synthetic', runDir })
  expect((await fetch(`${second.origin}/healthz`)).status).toBe(200)
  await second.stop()
  rmSync(runDir, { recursive: true, force: true })
})
