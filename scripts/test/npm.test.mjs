import { describe, expect, it } from 'vitest'
import { isInstalled } from '../lib/npm.mjs'

const WANTED = {
  '': { name: 'root' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/own': { link: true },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
}
const INSTALLED = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/own': { link: true } }

describe('[set-up] npm packages', () => {
  it('are up to date when each is there in its version; those of other platforms may be missing', () => {
    expect(isInstalled(WANTED, INSTALLED)).toBe(true)
  })

  it.each([
    ['nothing is installed', {}],
    ['a version differs', { ...INSTALLED, 'node_modules/a': { version: '1.0.1' } }],
    ['there is one too many', { ...INSTALLED, 'node_modules/b': { version: '1.0.0' } }],
  ])('are installed again when %s', (_, installed) => {
    expect(isInstalled(WANTED, installed)).toBe(false)
  })
})
