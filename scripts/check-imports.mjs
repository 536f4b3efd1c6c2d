#!/usr/bin/env node
/** Holds every source file against the table of rooms (scripts/imports/rules.mjs). Takes another root as its argument. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { violationsOf } from './imports/violations.mjs'
import { ROOT } from './lib/run.mjs'

const SOURCES = /\.(ts|tsx|mts|mjs|js|c|h|cc)$/

const root = process.argv[2] ?? ROOT
const violations = sourceFiles().flatMap((path) => violationsOf(path, readFileSync(join(root, path), 'utf8')))
for (const { path, line, message } of violations) process.stdout.write(`${path}:${line} ${message}\n`)
process.exitCode = violations.length > 0 ? 1 : 0

/** What git tracks or would track, so that builds and vendored sources are left out. */
function sourceFiles() {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
  return stdout.split('\0').filter((path) => SOURCES.test(path) && path.includes('/') && existsSync(join(root, path)))
}
