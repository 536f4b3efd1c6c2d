#!/usr/bin/env node
/** `npm run check`: style, types, import rules, unused code. Names the command that mends each failure. */
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checks } from './lib/checks.mjs'
import { run, tail } from './lib/run.mjs'

const LINES_SHOWN = 60

/** @returns {Promise<number>} how many checks failed */
async function main() {
  let failed = 0
  const log = join(tmpdir(), `ringside-check-${process.pid}.log`)
  for (const check of checks()) {
    rmSync(log, { force: true })
    const { ok } = await run(check.command, check.args, { log })
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${check.name}\n`)
    if (ok) continue
    failed += 1
    process.stdout.write(`${tail(log, LINES_SHOWN)}\nTo mend this: ${check.mend}\n\n`)
  }
  rmSync(log, { force: true })
  return failed
}

process.exitCode = (await main()) > 0 ? 1 : 0
