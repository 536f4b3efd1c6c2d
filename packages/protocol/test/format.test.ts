/** Numbers, times and addresses as text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as format from '../src/format.ts'

describe('formatting', () => {
  it('counts have their thousands separated', () => {
    expect([0, 999, 1204, 1_234_567, -5000, Number.NaN].map(format.formatCount)).toEqual([
      '0',
      '999',
      '1,204',
      '1,234,567',
      '−5,000',
      '–',
    ])
  })

  it('bytes have binary units', () => {
    expect([0, 1023, 1024, 655_360, 8 * 1024 ** 2, 1.5 * 1024 ** 3].map(format.formatBytes)).toEqual([
      '0 B',
      '1,023 B',
      '1 KiB',
      '640 KiB',
      '8 MiB',
      '1.5 GiB',
    ])
  })

  it('rates are exact until they are long', () => {
    expect([0, 1204, 99_999, 1_250_000].map(format.formatRate)).toEqual([
      '0 ev/s',
      '1,204 ev/s',
      '99,999 ev/s',
      '1.25 M ev/s',
    ])
  })

  it('durations choose their unit', () => {
    expect([12, 12_400, 3.2e9, 245e9, 7380e9, 180_000e9, -5].map(format.formatDuration)).toEqual([
      '12 ns',
      '12.4 µs',
      '3.2 s',
      '4 min 5 s',
      '2 h 3 min',
      '2 d 2 h',
      '−5 ns',
    ])
  })

  it('[ACC-10] a share is a dash where there is nothing to divide by', () => {
    expect([null, 0, 0.00001, 0.0012, 0.05, 0.5, 0.99999, 1].map(format.formatShare)).toEqual([
      '–',
      '0 %',
      '< 0.01 %',
      '0.12 %',
      '5 %',
      '50 %',
      '> 99.99 %',
      '100 %',
    ])
  })

  it('no number gives NaN, undefined or an empty unit', () => {
    const all = [format.formatCount, format.formatBytes, format.formatShort, format.formatRate, format.formatDuration]
    fc.assert(
      fc.property(fc.double(), (value) => {
        for (const one of all) expect(one(value)).not.toMatch(/NaN|undefined|Infinity|^$|\.$/)
      }),
    )
  })

  it.each([
    ['20010db8000000000000000000000001', '2001:db8::1'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['fe800000000000000000000000000000', 'fe80::'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['20010000000000010000000000000001', '2001:0:0:1::1'],
    ['20010db8000100000000000100000000', '2001:db8:1::1:0:0'],
    ['00000000000000000000ffff0a000007', '::ffff:10.0.0.7'],
  ])('IPv6 %s is %s', (hex, expected) => {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    expect(format.formatAddress(bytes, 0, 6)).toBe(expected)
  })

  it('endpoints', () => {
    expect(format.formatEndpoint('10.0.0.7', 443)).toBe('10.0.0.7:443')
    expect(format.formatEndpoint('::1', 443)).toBe('[::1]:443')
  })

  it('bytes for copying', () => {
    expect(format.formatHex(Uint8Array.of(0, 255, 16))).toBe('00 ff 10')
  })
})
