#!/usr/bin/env node
/**
 * Builds the addon with AddressSanitizer and UndefinedBehaviorSanitizer into build/asan, beside the one that is
 * shipped, when one of its inputs has changed. Prints as JSON where it is and what must be loaded before Node.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFolder } from './node-headers.mjs'
import { main, run, StepError, say } from './steps.mjs'

const here = fileURLToPath(new URL('..', import.meta.url))
const out = join(here, 'build', 'asan')
const addon = join(out, 'ringside_native.node')
const stamp = join(out, 'stamp')
const MEND = 'apt-get install g++'
// Errors end the run; frames are kept, so that a report has a whole stack.
const FLAGS = [
  '-O1',
  '-g1',
  '-fPIC',
  '-fno-omit-frame-pointer',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
]

/** What binding.gyp says, which is JSON but for its comments and its commands. */
function target() {
  const text = readFileSync(join(here, 'binding.gyp'), 'utf8').replace(/^\s*#.*$/gm, '')
  return JSON.parse(text).targets[0]
}

/** Node's headers, or those that node-gyp fetched when it built the shipped addon. */
function headers() {
  const folder = nodeFolder()
  if (folder) return join(folder, 'include', 'node')
  const config = join(here, 'build', 'config.gypi')
  if (!existsSync(config))
    throw new StepError("Node's headers are not here", 'npx node-gyp configure in packages/native')
  const { variables } = JSON.parse(readFileSync(config, 'utf8').replace(/^#.*$/gm, ''))
  return join(variables.nodedir, 'include', 'node')
}

function inputs(version) {
  const hash = createHash('sha256').update(`${process.version} ${here} ${FLAGS} ${version}`)
  const files = readdirSync(join(here, 'src'), { recursive: true }).filter((name) => /\.(cc|h)$/.test(name))
  for (const file of [...files.sort().map((name) => join('src', name)), 'binding.gyp']) {
    hash.update(file).update(readFileSync(join(here, file)))
  }
  return hash.digest('hex')
}

function vendored(what) {
  return run(process.execPath, [join(here, 'vendor.mjs'), '--print', what]).split('\n')
}

function build() {
  const { sources, defines, cflags, cflags_cc } = target()
  const include = createRequire(import.meta.url)
    .resolve('node-addon-api/package.json')
    .replace(/package.json$/, '')
  const folders = [headers(), include, ...vendored('include')].map((folder) => `-I${folder}`)
  const flags = [...FLAGS, ...cflags, ...cflags_cc, '-w', ...defines.map((name) => `-D${name}`), ...folders]
  const objects = sources.map((source) => join(out, `${source.replaceAll('/', '-')}.o`))
  const rules = sources.map((source, at) => `${objects[at]}:\n\tg++ ${flags.join(' ')} -c ${join(here, source)} -o $@`)
  // make, for its jobs: no file of this depends on another, and what has changed is told by the stamp
  writeFileSync(join(out, 'Makefile'), `all: ${objects.join(' ')}\n${rules.join('\n')}\n`)
  run('make', ['-s', '-B', '-j2', '-C', out, 'all'], { mend: MEND })
  run('g++', ['-shared', ...FLAGS, ...objects, ...vendored('libraries'), '-o', addon], { mend: MEND })
}

await main('asan', () => {
  mkdirSync(out, { recursive: true })
  const runtime = run('g++', ['-print-file-name=libasan.so'], { mend: MEND }).trim()
  const key = inputs(runtime)
  if (!existsSync(addon) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== key) {
    const start = Date.now()
    build()
    writeFileSync(stamp, key)
    say('asan', `built the addon with sanitizers (${Date.now() - start} ms)`)
  }
  process.stdout.write(JSON.stringify({ addon, preload: runtime }))
})
