import { describe, expect, it } from 'vitest'
import { parseBytes, parseShare, shareText } from '../view/control/parse.ts'
import { clockMs, duration, eventTime, rate, timeRange } from '../view/format.ts'

const NOON = new Date(2025, 0, 2, 12, 0, 0).getTime()

describe('numbers as they are printed', () => {
  it.each([
    [0, '0'],
    [0.4, '0.4'],
    [9.96, '10'],
    [1204, '1,204'],
    [1_234_567, '1,234,567'],
  ])('%s events a second → %s', (value, text) => {
    expect(rate(value)).toBe(text)
  })

  it.each([
    [0, '0.0 s'],
    [12_300, '12 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
    [-5, '0.0 s'],
  ])('%s ms → %s', (value, text) => {
    expect(duration(value)).toBe(text)
  })
})

describe('times as they are printed', () => {
  it('an event has its microseconds, and time zero keeps its fraction', () => {
    expect(eventTime(NOON, 1_412_806_999)).toBe('12:00:01.412 806')
    expect(eventTime(NOON + 0.25, 750_000)).toBe('12:00:00.001 000')
  })

  it('a range does not repeat what both ends share', () => {
    expect(timeRange(NOON + 300, NOON + 412)).toBe('12:00:00.300–.412')
    expect(timeRange(NOON + 300, NOON + 1_412)).toBe('12:00:00.300–12:00:01.412')
    expect(timeRange(NOON, NOON)).toBe(clockMs(NOON))
  })
})

describe('what an operator types', () => {
  it.each([
    ['16 MiB', 16 << 20],
    ['16M', 16 << 20],
    ['4k', 4096],
    ['1000', 1000],
    ['1.5 KiB', 1536],
    ['sixteen', null],
    ['', null],
  ])('size %s → %s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  it.each([
    ['10', 0.1],
    ['10 %', 0.1],
    ['0', 0],
    ['1:4', 0.25],
    ['101', null],
    ['x', null],
  ])('share %s → %s', (text, share) => {
    expect(parseShare(text)).toBe(share)
  })

  it('a share is typed as it is shown', () => {
    for (const share of [0, 0.001, 0.1, 1 / 3, 1]) expect(parseShare(shareText(share))).toBeCloseTo(share, 6)
  })
})
