import { describe, expect, it } from 'vitest'
import { fromAddress } from '../view/explorer/use-explorer.ts'

describe('the address of the explorer', () => {
  it('asks for a time beside the filters', () => {
    expect(fromAddress('?types=exec&at=1700000000123')).toEqual({ filters: 'types=exec', atMs: 1_700_000_000_123 })
    expect(fromAddress('?at=1700000000123').filters).toBe('')
  })

  it('asks for none with what is no time', () => {
    for (const search of ['', '?at=', '?at=x', '?at=-1', '?at=Infinity']) expect(fromAddress(search).atMs).toBeNull()
  })
})
