/** Unit tests of the page's pure parts; what needs a browser is tested end to end. */
import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { include: ['test/**/*.test.ts'], environment: 'node' } })
