/** `npm ci`, when what is installed is not what the lock file says. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './run.mjs'

/** @param {{ say: (text: string) => void, must: Function }} step */
export async function installModules({ say, must }) {
  const wanted = packagesOf(join(ROOT, 'package-lock.json'))
  // npm writes this when it has finished, and an interrupted `npm ci` leaves none.
  const installed = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'))
  if (isInstalled(wanted, installed)) return say('up to date with package-lock.json')
  await must({
    command: 'npm',
    args: ['ci', '--include=dev', '--no-progress', '--loglevel=notice'],
    mend: 'check the network and `npm config get registry`, then: npm ci',
  })
}

/**
 * Whether every package of the lock file is there in its version, and no other. Optional ones may be missing: they are
 * for other platforms.
 */
export function isInstalled(wanted, installed) {
  const versions = (packages) => Object.entries(packages).filter(([path]) => path.includes('node_modules/'))
  const missing = versions(wanted).filter(
    ([path, entry]) => installed[path]?.version !== entry.version && !entry.optional,
  )
  const foreign = versions(installed).filter(([path]) => wanted[path] === undefined)
  return missing.length === 0 && foreign.length === 0
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}
