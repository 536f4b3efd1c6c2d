/** `npm ci`, when what is installed is not what the lock file says. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './run.mjs'

const STAMP = join(ROOT, 'node_modules', '.ringside-lock')

/** @param {{ say: (text: string) => void, must: Function }} step */
export async function installModules({ say, must }) {
  const wanted = lockKey()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return say('up to date with package-lock.json')
  await must({
    command: 'npm',
    args: ['ci', '--include=dev', '--no-progress', '--loglevel=notice'],
    mend: 'check the network and `npm config get registry`, then: npm ci',
  })
  writeFileSync(STAMP, wanted)
}

function lockKey() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'))
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}`
}
