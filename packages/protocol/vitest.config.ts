/**
 * Property tests take long on a busy machine: the limit is there for what hangs. They share one seed, printed, so that a
 * failure can be had again: `SEED=… npx vitest run`.
 */
import { defineConfig } from 'vitest/config'

const SEED = process.env.SEED ?? String(Math.floor(Math.random() * 0x7fff_ffff))
console.log(`properties: SEED=${SEED}`)

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], setupFiles: ['test/seed.ts'], env: { SEED }, testTimeout: 60_000 },
})
