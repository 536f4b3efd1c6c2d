#!/usr/bin/env node
/** Builds the addon with node-gyp when one of its inputs has changed since the last time; else does nothing. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFolder } from './scripts/node-headers.mjs'
import { main, run, say } from './scripts/steps.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const addon = join(here, 'build', 'Release', 'ringside_native.node')
const stamp = join(here, 'build', 'ringside.stamp')
const version = JSON.parse(readFileSync(join(here, 'libbpf.lock.json'), 'utf8')).version
const vendored = join(here, 'vendor', `libbpf-${version}`, 'link.json')

/** One hash for all that the addon is made from. */
function inputs() {
  const hash = createHash('sha256').update(`${process.version} ${process.arch} ${here}`)
  const sources = readdirSync(join(here, 'src'), { recursive: true }).filter((name) => /\.(cc|h)$/.test(name))
  for (const file of [...sources.sort().map((name) => join(here, 'src', name)), join(here, 'binding.gyp'), vendored]) {
    hash.update(file).update(readFileSync(file))
  }
  return hash.digest('hex')
}

await main('native', () => {
  run(process.execPath, [join(here, 'vendor.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const key = inputs()
  if (existsSync(addon) && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return
  const start = Date.now()
  const headers = nodeFolder()
  const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js')
  run(
    process.execPath,
    [gyp, 'configure', 'build', ...(headers ? [`--nodedir=${headers}`] : []), '--jobs=max', '--loglevel=warn'],
    {
      cwd: here,
      mend: 'apt-get install g++ make python3 libelf-dev zlib1g-dev',
    },
  )
  writeFileSync(stamp, key)
  say('native', `built the addon (${Date.now() - start} ms)`)
})
