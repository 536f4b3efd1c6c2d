import { describe, expect, it } from 'vitest'
import { policyOf } from '../view/buffers/policy.ts'
import { makeSettings } from './make-control.ts'

describe('the policy of a buffer in words', () => {
  it('keeps everything where all its types are on', () => {
    expect(policyOf('debug', makeSettings()).text).toBe('nothing is sampled or shed')
  })

  it('names the types that are off, and does not say that nothing is left out', () => {
    expect(policyOf('debug', makeSettings({ off: ['syscall', 'packet'] })).text).toBe('off: packet, syscall')
    expect(policyOf('critical', makeSettings({ off: ['exec'] })).text).toBe('off: exec · never sampled, never shed')
  })

  it('does not count types of another buffer or of the load generator', () => {
    expect(policyOf('normal', makeSettings({ off: ['syscall'] })).text).toBe('nothing is sampled or shed')
    expect(policyOf('debug', makeSettings({ off: ['load', 'tick'] })).text).toBe('nothing is sampled or shed')
  })
})
