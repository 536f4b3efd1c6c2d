/** What this host must be before anything is installed on it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './run.mjs'
import { StepError } from './steps.mjs'

const ARCHITECTURES = ['x64', 'arm64']

/** Throws where nothing of Ringside can run; returns one line about the host. */
export function checkHost(host = process) {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  if (host.platform !== 'linux') {
    throw new StepError({ why: `BPF is Linux's; this is ${host.platform}`, mend: 'run it on Linux 5.10 or later' })
  }
  if (!ARCHITECTURES.includes(host.arch)) {
    throw new StepError({ why: `${host.arch} is not supported`, mend: `use ${ARCHITECTURES.join(' or ')}` })
  }
  if (!satisfies(host.versions.node, engines.node)) {
    const why = `Node ${host.versions.node} is not in "${engines.node}"`
    throw new StepError({ why, mend: 'install Node 22 or 20.20, then run this again' })
  }
  return `${host.platform} ${host.arch}, Node ${host.versions.node}, ${isRoot() ? 'root' : 'not root'}`
}

export function isRoot() {
  return process.getuid?.() === 0
}

/** Ranges as in package.json's engines: alternatives of comparisons, ">=20.20 <21 || >=22.12". */
export function satisfies(version, range) {
  return range.split('||').some((all) =>
    all
      .trim()
      .split(/\s+/)
      .every((one) => compares(version, one)),
  )
}

function compares(version, comparison) {
  const [, operator, wanted] = /^(>=|<)(.+)$/.exec(comparison) ?? []
  const order = compareVersions(version, wanted)
  return operator === '>=' ? order >= 0 : order < 0
}

function compareVersions(left, right) {
  const parts = (text) => text.split('.').map(Number)
  const [a, b] = [parts(left), parts(right)]
  for (let at = 0; at < 3; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
