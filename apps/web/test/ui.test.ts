import { describe, expect, it } from 'vitest'
import { fromQuery, NO_FILTER, toggled, toQuery, without } from '../store/ui.ts'

const ALL = ['a', 'b', 'c']

describe('filters in the address', () => {
  it('come back as they went', () => {
    const state = {
      filter: { types: ['exec' as const, 'open' as const], slots: ['debug' as const], text: '/usr & é' },
      hidden: ['find', 'a,b'],
    }
    expect(fromQuery(toQuery(state))).toEqual(state)
  })

  it('are nothing when there is no filter', () => {
    expect(toQuery({ filter: NO_FILTER, hidden: [] })).toBe('')
    expect(fromQuery('')).toEqual({ filter: NO_FILTER, hidden: [] })
  })

  it('leave out what they cannot mean', () => {
    expect(fromQuery('?types=exec,nonsense&slots=__proto__&text=x').filter).toEqual({
      types: ['exec'],
      slots: [],
      text: 'x',
    })
  })
})

describe('chips', () => {
  it('all of them chosen is the same as none', () => {
    expect(toggled(['a', 'b'], 'c', ALL)).toEqual([])
    expect(toggled(['a'], 'a', ALL)).toEqual([])
    expect(toggled(['c'], 'a', ALL)).toEqual(['a', 'c'])
  })

  it('leaving one out of nothing chosen keeps the others', () => {
    expect(without([], 'b', ALL)).toEqual(['a', 'c'])
    expect(without(['a', 'b'], 'b', ALL)).toEqual(['a'])
  })
})
