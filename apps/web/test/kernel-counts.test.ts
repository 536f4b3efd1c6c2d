import type { Tables } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import { endOf, seriesOf } from '../store/windows.ts'
import { boundWords, totalWords, untabledWords, volumeWords } from '../view/top/counts.ts'

const NONE = { events: 0, eventBytes: 0 }
const windows = (rows: Tables['windows']['rows']): Tables['windows'] => ({ windowMs: 100, rows })

describe('time windows as series', () => {
  it('stand at their times, the newest last, quiet ones as 0', () => {
    const told = windows([
      { timeMs: 59_800, type: 'packet', events: 3, bytes: 300 },
      { timeMs: 59_900, type: 'syscall', events: 9, bytes: 90 },
      { timeMs: 60_000, type: 'packet', events: 5, bytes: 500 },
    ])
    expect(endOf(told)).toBe(60_100)
    const [packet, syscall] = seriesOf(told, endOf(told))
    expect(packet).toMatchObject({ type: 'packet', sum: 8, bytes: 800, peak: 5 })
    expect(packet?.events.slice(-3)).toEqual([3, 0, 5])
    expect(packet?.events).toHaveLength(600)
    expect(syscall?.events.at(-2)).toBe(9)
  })

  it('leave out what is older than the span', () => {
    const told = windows([{ timeMs: 0, type: 'packet', events: 1, bytes: 1 }])
    expect(seriesOf(told, 100_000)).toEqual([])
  })
})

describe('what the tables tell in words', () => {
  it('the volume that was spared', () => {
    const instead = { events: 1_204_000, eventBytes: 108 * 2 ** 20 }
    const volume = { instead, beside: NONE, tableBytes: 12 * 2 ** 10 }
    expect(volumeWords(volume)).toBe('1,204,000 events: as records 108 MiB → as tables 12 KiB: 9,200 × less')
    const one = { events: 1, eventBytes: 88 }
    expect(volumeWords({ instead: one, beside: NONE, tableBytes: 4096 })).toMatch(/more, so far/)
    expect(volumeWords({ instead: NONE, beside: NONE, tableBytes: 0 })).toBe('No event has been counted yet.')
  })

  it('no saving of what was sent as well', () => {
    const beside = { events: 1_204_000, eventBytes: 108 * 2 ** 20 }
    expect(volumeWords({ instead: NONE, beside, tableBytes: 12 * 2 ** 10 })).toBe(
      '1,204,000 events: as records 108 MiB, counted and sent as well: as tables 12 KiB come on top',
    )
    const instead = { events: 1_000, eventBytes: 96 * 2 ** 10 }
    const both = volumeWords({ instead, beside, tableBytes: 12 * 2 ** 10 })
    expect(both).toMatch(
      /^1,000 events: as records 96.* KiB → as tables 12.* KiB: 8 × less\. Besides 1,204,000 events: /,
    )
    expect(both).toMatch(/that spares nothing\.$/)
    expect(volumeWords({ instead: { events: 1, eventBytes: 96 }, beside, tableBytes: 4096 })).not.toMatch(/less|more/)
  })

  it('what an estimate is worth', () => {
    expect(boundWords({ total: 4_400, errorBound: 11.7, epsilon: 0.00265, delta: 0.0183, rows: [] })).toBe(
      'A count of the last second may be too high by 12 at most (ε 0.27 % of 4,400), but for 1.8 % of the keys (δ); it is never too low.',
    )
  })

  it('what a total is worth, and since when it counts', () => {
    const row = { key: '7', label: 'dd', id: 7, count: 3, total: 600, totalErrorBound: 11.2 }
    const sinceMs = new Date(2025, 0, 1, 12, 0, 5).getTime()
    expect(totalWords({ ...row, sinceMs })).toBe(
      '600 events since 12:00:05, when the key became known; too high by 12 at most, with the same δ',
    )
  })

  it('what had no room, table by table', () => {
    expect(untabledWords({ connections: 0, windows: 0, heavy: 0 })).toEqual([])
    expect(untabledWords({ connections: 7, windows: 0, heavy: 0 })[0]).toContain('7 packets are in none of its rows')
  })
})
