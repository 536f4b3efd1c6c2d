import { defineConfig } from 'vitest/config'

/** Tests that are run once more under sanitizers. What they load and run has been compiled by the outer run. */
export default defineConfig({
  test: {
    include: ['reader', 'perf', 'map', 'object', 'poller', 'lifetime'].map((name) => `test/${name}.test.ts`),
    // A process is started for each of these, which takes seconds here; `exits with …` is the hardest of the three.
    testNamePattern: /^(?!.*(ends by itself|is ended by an exception) with)/,
    testTimeout: 60_000,
    maxWorkers: 1,
  },
})
