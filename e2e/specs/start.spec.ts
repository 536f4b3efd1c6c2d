/** `npm start` where everything is built already: seconds to the link, and it stands for the agent that it starts. */
import { expect, test } from '@playwright/test'
import { START, startAgent } from '../fixtures/agent.ts'

const SECOND_START_LIMIT_MS = 15_000

test('[LIF-5] the second start takes seconds; SIGTERM and exit code pass through', async () => {
  const start = Date.now()
  const agent = await startAgent({ source: 'synthetic', command: [START] })
  expect(Date.now() - start).toBeLessThan(SECOND_START_LIMIT_MS)
  expect((await fetch(`${agent.origin}/healthz`)).status).toBe(200)
  expect(await agent.stop()).toEqual({ code: 0, signal: null })
})

test('[LIF-6] an argument that makes no sense ends it with an exit code of its own', async () => {
  const refused = startAgent({ source: 'synthetic', command: [START], args: ['--no-such-option'] })
  await expect(refused).rejects.toThrow(/no-such-option/)
})
