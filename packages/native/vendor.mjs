#!/usr/bin/env node
/**
 * Puts the pinned libbpf where the addon and the BPF programs look for it: vendor/libbpf-<version>/{include,lib}.
 * Order: already there → LIBBPF_TARBALL → cache → Debian's source package → the system's own libbpf, if new enough.
 * Third-party source is never committed; the lock file pins its bytes.
 *
 * `--print include` and `--print libraries` tell binding.gyp what to compile and link with.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { downloadDebianSource } from './scripts/debian-source.mjs'
import { main, run, StepError, say } from './scripts/steps.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const lock = JSON.parse(readFileSync(join(here, 'libbpf.lock.json'), 'utf8'))
const root = join(here, 'vendor')
const prefix = join(root, `libbpf-${lock.version}`)
const linkFile = join(prefix, 'link.json')
/** What the prefix was made from; another key means that it is made again. */
const key = `${lock.sha256} ${process.platform}-${process.arch} 1`

const MEND_PACKAGES = 'apt-get install gcc g++ make libelf-dev zlib1g-dev'

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

function checked(file, origin) {
  const found = sha256(file)
  if (found === lock.sha256) return file
  const message = `${origin}: sha256 ${found} is not the pinned ${lock.sha256}`
  throw new StepError(message, `fetch libbpf ${lock.version} (${lock.upstream}) again`)
}

/** The pinned tarball, or null where this host has no way to a Debian archive. */
function findTarball() {
  const given = process.env.LIBBPF_TARBALL
  if (given) {
    if (!existsSync(given)) throw new StepError(`LIBBPF_TARBALL=${given} does not exist`, 'name an existing file')
    return checked(given, 'LIBBPF_TARBALL')
  }
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ringside')
  const cached = join(cache, `libbpf-${lock.version}.tar.gz`)
  if (existsSync(cached)) {
    if (sha256(cached) === lock.sha256) return cached
    say('vendor', `${cached} is not the pinned file: fetching it again`)
    rmSync(cached)
  }
  if (spawnSync('apt-get', ['--version']).error) return null
  say('vendor', `fetching the source package of libbpf ${lock.version} (Debian ${lock.debian.suite})`)
  mkdirSync(cache, { recursive: true })
  const fetched = `${cached}.${process.pid}`
  try {
    downloadDebianSource(lock.debian, fetched)
    renameSync(checked(fetched, `Debian ${lock.debian.suite}`), cached)
  } finally {
    rmSync(fetched, { force: true })
  }
  return cached
}

function buildStatic(tarball) {
  mkdirSync(root, { recursive: true })
  const work = mkdtempSync(join(root, '.build-'))
  try {
    const out = join(work, 'out')
    run('tar', ['xzf', tarball, '-C', work, '--strip-components=1'])
    const settings = [
      'BUILD_STATIC_ONLY=1',
      `OBJDIR=${work}/objects`,
      'DESTDIR=',
      `PREFIX=${out}`,
      `LIBDIR=${out}/lib`,
      `INCLUDEDIR=${out}/include`,
      `UAPIDIR=${out}/include`,
      // position independent, since it goes into a shared object; hidden, since Node may have a libbpf of its own
      'CFLAGS=-O2 -g -fPIC -fvisibility=hidden',
    ]
    const jobs = `-j${availableParallelism()}`
    const make = ['-s', '-C', join(work, 'src'), jobs, ...settings, 'install', 'install_uapi_headers']
    run('make', make, { mend: MEND_PACKAGES })
    cpSync(join(work, 'LICENSE.BSD-2-Clause'), join(out, 'LICENSE.BSD-2-Clause'))
    const archive = join(prefix, 'lib', 'libbpf.a')
    const libraries = [archive, '-lelf', '-lz', '-Wl,--exclude-libs,libbpf.a']
    writeFileSync(join(out, 'link.json'), JSON.stringify({ key, include: join(prefix, 'include'), libraries }))
    rmSync(prefix, { recursive: true, force: true })
    renameSync(out, prefix)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Hosts without apt: the distribution's libbpf, linked dynamically; its headers stand where the pinned ones would. */
function useSystem() {
  const about = (option) => run('pkg-config', [option, 'libbpf'], { mend: 'set LIBBPF_TARBALL' }).trim()
  const recent = spawnSync('pkg-config', [`--atleast-version=${lock.systemAtLeast}`, 'libbpf'])
  if (recent.status !== 0) {
    const mend = `set LIBBPF_TARBALL to libbpf ${lock.version} (${lock.upstream}), or install libbpf's development package`
    throw new StepError(`no pinned libbpf, no apt, and no libbpf ≥ ${lock.systemAtLeast} on this system`, mend)
  }
  const headers = join(about('--variable=includedir'), 'bpf')
  rmSync(prefix, { recursive: true, force: true })
  cpSync(headers, join(prefix, 'include', 'bpf'), { recursive: true, dereference: true })
  const libraries = about('--libs').split(/\s+/)
  writeFileSync(linkFile, JSON.stringify({ key, include: join(prefix, 'include'), libraries }))
  say('vendor', `using the system's libbpf ${about('--modversion')}`)
}

function link() {
  if (!existsSync(linkFile)) return null
  const found = JSON.parse(readFileSync(linkFile, 'utf8'))
  // A checkout that was moved has the old place in its link file.
  return found.key === key && found.include === join(prefix, 'include') ? found : null
}

function vendor() {
  if (link()) return
  const start = Date.now()
  const tarball = findTarball()
  if (tarball) buildStatic(tarball)
  else useSystem()
  say('vendor', `libbpf ${lock.version} is ready (${Date.now() - start} ms)`)
}

function print(what) {
  const found = link()
  if (!found) throw new StepError('libbpf is not vendored yet', 'node packages/native/vendor.mjs')
  process.stdout.write(what === 'include' ? found.include : found.libraries.join('\n'))
}

await main('vendor', () => {
  const at = process.argv.indexOf('--print')
  if (at > 0) print(process.argv[at + 1])
  else vendor()
})
