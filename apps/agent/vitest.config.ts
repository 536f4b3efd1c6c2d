/** What is measured on the real kernel runs after everything else, and one file at a time: it needs the machine. */
import { defineConfig } from 'vitest/config'

const KERNEL = 'test/kernel/**/*.test.ts'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'agent', include: ['test/**/*.test.ts'], exclude: [KERNEL], sequence: { groupOrder: 1 } } },
      { test: { name: 'kernel', include: [KERNEL], fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
})
