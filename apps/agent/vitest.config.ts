/**
 * What is measured on the real kernel runs after everything else, and one file at a time: it needs the machine.
 * Properties share one seed, printed, so that a failure can be had again: `SEED=… npx vitest run`.
 */
import { defineConfig } from 'vitest/config'

const KERNEL = 'test/kernel/**/*.test.ts'
const SEED = process.env.SEED ?? String(Math.floor(Math.random() * 0x7fff_ffff))
console.log(`properties: SEED=${SEED}`)

const each = { setupFiles: ['test/seed.ts'], env: { SEED } }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'agent',
          include: ['test/**/*.test.ts'],
          exclude: [KERNEL],
          sequence: { groupOrder: 1 },
          ...each,
        },
      },
      { test: { name: 'kernel', include: [KERNEL], fileParallelism: false, sequence: { groupOrder: 2 }, ...each } },
    ],
  },
})
