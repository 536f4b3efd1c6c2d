import { describe, expect, it } from 'vitest'
import { arc, point, turnOf } from '../view/buffers/ring-geometry.ts'

describe('the ring', () => {
  it('is drawn to scale: a turn is the capacity', () => {
    expect(turnOf(0, 4096)).toBe(0)
    expect(turnOf(1024, 4096)).toBe(0.25)
    expect(turnOf(4096 * 1_000_003 + 2048, 4096)).toBe(0.5)
    expect(turnOf(5, 0)).toBe(0)
  })

  it('begins at twelve o’clock and goes clockwise', () => {
    expect(point(0, 10, 50)).toEqual([50, 40])
    expect(point(0.25, 10, 50)).toEqual([60, 50])
  })

  it('takes the long way for more than half, and closes when full', () => {
    expect(arc(0, 0.25, 10, 50)).toBe('M50 40A10 10 0 0 1 60 50')
    expect(arc(0, 0.75, 10, 50)).toContain(' 0 1 1 ')
    expect(arc(0, 1, 10, 50).match(/A/g)).toHaveLength(2)
    expect(arc(0, 0, 10, 50)).toBe('')
  })
})
