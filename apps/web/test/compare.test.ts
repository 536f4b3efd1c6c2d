import type { Measured } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import { betterOf, FEATURES, FIGURES, ratioText } from '../view/compare/features.ts'

const measured = (change: Partial<Measured> = {}): Measured => ({
  ...{ events: 1_000, delivered: 1_000, dropped: 0, toldLost: null, deliveredPerSecond: 1_000 },
  ...{ producerNsPerEvent: 70, readerNsPerEvent: 130, memoryBytes: 1 << 20 },
  ...{ inversions: 0, late: 0 },
  ...change,
})
const figure = (name: string) => {
  const found = FIGURES.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

describe('the comparison of transports', () => {
  it('names the one that is better, and none where they are alike', () => {
    const run = { workload: '', ring: measured(), perf: measured({ producerNsPerEvent: 95 }) }
    expect(betterOf(figure('producer, per event'), run)).toBe('ring')
    expect(betterOf(figure('memory'), run)).toBeNull()
  })

  it('does not call more events better where neither lost any', () => {
    const faster = measured({ deliveredPerSecond: 1_100 })
    const rate = figure('delivered per second')
    expect(betterOf(rate, { workload: '', ring: measured(), perf: faster })).toBeNull()
    const lossy = measured({ deliveredPerSecond: 500, dropped: 9 })
    expect(betterOf(rate, { workload: '', ring: measured(), perf: lossy })).toBe('ring')
  })

  it('says what a transport does not tell', () => {
    const loss = FEATURES.find(({ name }) => name === 'Loss')
    expect(loss?.measured?.(measured({ dropped: 10 }))).toBe('10 dropped (1 %), the reader is told nothing')
    expect(loss?.measured?.(measured({ dropped: 10, toldLost: 8 }))).toContain('8 told to the reader')
  })

  it.each([
    [1, 1, 'equal'],
    [50, 100, '0.50 × perf'],
    [1, 1_000, '< 0.01 × perf'],
    [0, 5, ''],
    [null, 5, ''],
  ])('%s to %s is %s', (ring, perf, text) => {
    expect(ratioText(ring, perf)).toBe(text)
  })
})
