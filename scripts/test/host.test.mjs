import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkHost, satisfies } from '../lib/host.mjs'
import { ROOT } from '../lib/run.mjs'
import { StepError } from '../lib/steps.mjs'

const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const host = (changes) => ({ platform: 'linux', arch: 'x64', versions: { node: '22.13.0' }, ...changes })

describe('[set-up] the host', () => {
  it.each(['20.20.0', '20.20.2', '22.12.0', '24.1.0'])('takes Node %s', (version) => {
    expect(satisfies(version, engines.node)).toBe(true)
  })

  it.each(['18.20.0', '20.19.9', '21.0.0', '22.11.0'])('refuses Node %s', (version) => {
    expect(satisfies(version, engines.node)).toBe(false)
  })

  it.each([
    [{ platform: 'darwin' }, 'darwin'],
    [{ arch: 'riscv64' }, 'riscv64'],
    [{ versions: { node: '18.20.0' } }, 'Node 18.20.0'],
  ])('names what is wrong with %o, and what to do', (changes, named) => {
    const attempt = () => checkHost(host(changes))
    expect(attempt).toThrow(StepError)
    expect(attempt).toThrow(named)
  })
})
