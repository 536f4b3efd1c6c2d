/** Property tests take long on a busy machine: the limit is there for what hangs. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], setupFiles: ['test/seed.ts'], testTimeout: 60_000 },
})
