#!/usr/bin/env node
/** The `ringside` command. Says what to do where the agent has not been built. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Node opens a debugger to whoever may send this signal, unless somebody listens for it.
process.on('SIGUSR1', () => {})

const main = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(fileURLToPath(main))) {
  await import(main.href)
} else {
  process.stderr.write('The agent is not built.\nTo mend this: npx turbo run build\n')
  process.exitCode = 1
}
