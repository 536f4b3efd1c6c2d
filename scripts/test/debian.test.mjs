/** Drives the installer with stand-ins for apt: it must install what is missing, and say what and why. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installMissing } from '../lib/debian.mjs'
import { Steps } from '../lib/steps.mjs'

const PATH = process.env.PATH
let folder
let printed

/** An apt-get that appends its first argument to a file, and whose installs fail until `update` has run. */
function fakeApt({ needsUpdate }) {
  const marker = join(folder, 'updated')
  if (!needsUpdate) writeFileSync(marker, '')
  const script = [
    '#!/bin/sh',
    `echo "$1" >> ${folder}/calls`,
    `if [ "$1" = update ]; then touch ${marker}; fi`,
    `if [ "$1" = install ]; then [ -e ${marker} ] || { echo "E: Unable to locate package"; exit 100; }; touch ${folder}/tool; fi`,
  ]
  writeFileSync(join(folder, 'apt-get'), `${script.join('\n')}\n`)
  chmodSync(join(folder, 'apt-get'), 0o755)
}

const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
const wanted = (file) => ({ package: 'tool', because: 'it is needed', found: () => readable(join(folder, file)) })

function readable(file) {
  try {
    readFileSync(file)
    return true
  } catch {
    return false
  }
}

function install(packages) {
  const steps = new Steps('debian-test', (text) => printed.push(text))
  return steps.step('Install Debian packages', 'of the test', (step) => installMissing(packages, step))
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringside-apt-test-'))
  printed = []
  process.env.PATH = `${folder}:${PATH}`
})

afterEach(() => {
  process.env.PATH = PATH
  rmSync(folder, { recursive: true, force: true })
})

describe('[set-up] Debian packages', () => {
  it('leaves apt alone when nothing is missing', async () => {
    fakeApt({ needsUpdate: false })
    writeFileSync(join(folder, 'tool'), '')
    await install([wanted('tool')])
    expect(() => calls()).toThrow()
  })

  it('says what it installs and why', async () => {
    fakeApt({ needsUpdate: false })
    await install([wanted('tool')])
    expect(printed.join('')).toContain('installs tool because it is needed')
    expect(calls()).toEqual(['install'])
  })

  it('updates the lists only when the install fails, and tries once more', async () => {
    fakeApt({ needsUpdate: true })
    await install([wanted('tool')])
    expect(calls()).toEqual(['install', 'update', 'install'])
  })

  it('fails with the mend when a package does not bring what it should', async () => {
    fakeApt({ needsUpdate: false })
    await expect(install([wanted('never')])).rejects.toMatchObject({
      step: 'Install Debian packages',
      mend: expect.stringContaining('apt-get install tool'),
    })
  })
})
