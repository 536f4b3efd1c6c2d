/**
 * Downloads one file of a Debian source package through an apt state of its own, made from the host's own mirror:
 * nothing under /etc or /var changes, and apt still checks the archive's signature.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, StepError } from './steps.mjs'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** @param {{ source: string, suite: string, file: string }} wanted */
export function downloadDebianSource(wanted, destination) {
  const mirror = configuredMirror()
  const state = mkdtempSync(join(tmpdir(), 'ringside-apt-'))
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial', 'download']) {
      mkdirSync(join(state, folder), { recursive: true })
    }
    writeFileSync(join(state, 'sources.list'), `deb-src [signed-by=${KEYRING}] ${mirror} ${wanted.suite} main\n`)
    const options = aptOptions(state)
    const mend = 'check the network and `apt-get update`, or set LIBBPF_TARBALL=/path/to/the/tarball'
    run('apt-get', [...options, 'update'], { mend })
    run('apt-get', [...options, 'source', '--download-only', wanted.source], { cwd: join(state, 'download'), mend })
    const file = join(state, 'download', wanted.file)
    if (!existsSync(file)) {
      throw new StepError(`${wanted.suite} no longer has ${wanted.file}`, 'set LIBBPF_TARBALL=/path/to/the/tarball')
    }
    copyFileSync(file, destination)
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}

function aptOptions(state) {
  const settings = [
    `Dir::Etc::SourceList=${state}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${state}/lists`,
    `Dir::Cache=${state}/cache`,
    'Acquire::Languages=none',
    // without it an unreachable mirror is only a warning, and what follows fails for another reason
    'APT::Update::Error-Mode=any',
    // root's temporary folder is closed to apt's own user, which only costs a warning otherwise
    ...(process.getuid() === 0 ? ['APT::Sandbox::User=root'] : []),
  ]
  return ['-qq', ...settings.flatMap((setting) => ['-o', setting])]
}

/** The archive the host installs from; its security archive has no source of other suites. */
function configuredMirror() {
  const format = '$(ORIGIN)|$(REPO_URI)'
  const mend = 'configure a Debian mirror and run `apt-get update`, or set LIBBPF_TARBALL=/path/to/the/tarball'
  const targets = run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], { mend })
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([, uri]) => uri && !uri.includes('security'))
  // ORIGIN is known only once the lists are there; before, the mirror is known by its customary path.
  const target = targets.find(([origin]) => origin === 'Debian') ?? targets.find(([, uri]) => /\/debian\/?$/.test(uri))
  if (!target) throw new StepError('no Debian archive is among the configured apt sources', mend)
  return target[1].replace(/\/$/, '')
}
