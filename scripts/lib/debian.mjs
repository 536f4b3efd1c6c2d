/** Installs the Debian packages that are missing, and nothing else. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { isRoot } from './host.mjs'
import { onPath } from './packages.mjs'
import { run } from './run.mjs'
import { StepError } from './steps.mjs'

const POLICY = '/usr/sbin/policy-rc.d'
const APT = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0']

/**
 * @param {{ package: string, because: string, found: () => boolean }[]} wanted
 * @param {{ log: string, say: (text: string) => void, must: Function }} step
 */
export async function installMissing(wanted, { log, say, must }) {
  const missing = wanted.filter((one) => !one.found())
  if (missing.length === 0) return say('nothing is missing')
  const names = missing.map((one) => one.package)
  const mend = `${isRoot() ? '' : 'sudo '}apt-get update && ${isRoot() ? '' : 'sudo '}apt-get install ${names.join(' ')}`
  for (const one of missing) say(`${isRoot() ? 'installs' : 'needs'} ${one.package} because ${one.because}`)
  if (!onPath('apt-get')) {
    const why = `${names.join(', ')} not found, and this host has no apt-get`
    throw new StepError({ why, mend: "install them (Debian's names) with the host's own package manager" })
  }
  if (!isRoot()) throw new StepError({ why: `${names.join(', ')} not found, and only root may install packages`, mend })

  const install = ['install', '-y', '--no-install-recommends', ...APT, ...names]
  await withoutStartingServices(async () => {
    if ((await run('apt-get', install, { log })).ok) return
    say('apt-get update, because the package lists are missing or old')
    await must({ command: 'apt-get', args: ['update', ...APT], mend: `check the network and /etc/apt, then: ${mend}` })
    await must({ command: 'apt-get', args: install, mend })
  })
  const absent = missing.filter((one) => !one.found()).map((one) => one.package)
  if (absent.length > 0) {
    throw new StepError({ why: `${absent.join(', ')} installed, but what they should bring is not found`, mend, log })
  }
}

/** A package with a service starts it when it is installed; nobody asked for a web server on port 80. */
async function withoutStartingServices(body) {
  if (existsSync(POLICY)) return body()
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await body()
  } finally {
    rmSync(POLICY, { force: true })
  }
}
