#!/usr/bin/env node
/**
 * Compiles the benchmark's programs in C (bench/*.c → build/bench/*): what makes load, and the consumers that the product
 * is measured against. They are linked with the same libbpf as the addon.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main, run } from '../scripts/steps.mjs'

const MEND = 'apt-get install gcc libelf-dev zlib1g-dev'

const here = fileURLToPath(new URL('.', import.meta.url))
const out = join(here, '..', 'build', 'bench')
const files = readdirSync(here)

function vendored(what) {
  return run(process.execPath, [join(here, '..', 'vendor.mjs'), '--print', what], {
    mend: 'node packages/native/vendor.mjs',
  }).split('\n')
}

function changedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

await main('bench', () => {
  mkdirSync(out, { recursive: true })
  const newest = Math.max(...files.map((name) => changedMs(join(here, name))))
  for (const name of files.filter((file) => file.endsWith('.c'))) {
    const program = join(out, name.replace(/\.c$/, ''))
    if (changedMs(program) > newest) continue
    const flags = ['-std=gnu11', '-O2', '-g', '-Wall', '-Wextra', '-pthread', '-isystem', ...vendored('include')]
    const source = join(here, name)
    run(process.env.CC ?? 'cc', [...flags, source, '-o', program, ...vendored('libraries')], { mend: MEND })
  }
})
