import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowList } from '../../src/ingest/row-list.ts'

test.each([
  ['a few rows', 40, 1e7, 10_000],
  ['a window', 3000, 2e7, 1_000],
  ['seconds in one window', 3000, 4e9, 1_000],
  ['a reader that was stopped for long', 500, 1e12, 5_000],
])(
  'rows come out by time, those of one time in their order: %s (of at most %i, within ± %i ns, %i runs)',
  (...setting) => {
    const [, most, range, numRuns] = setting
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -range, max: range }), { maxLength: most, size: 'max' }), (times) => {
        const rows = new RowList()
        times.forEach((time, index) => {
          rows.push(index, time)
        })
        rows.sort()
        const expected = times.map((time, index) => ({ time, index })).sort((a, b) => a.time - b.time)
        expect(Array.from(times, (_, row) => rows.at(row))).toEqual(expected.map(({ index }) => index))
      }),
      { numRuns },
    )
  },
  60_000,
)

test('rows that are put off are those of the next window, in the order in which they came', () => {
  const times = fc.array(fc.nat(1000), { maxLength: 300 })
  fc.assert(
    fc.property(times, times, fc.nat(1000), (first, second, until) => {
      const rows = new RowList()
      const pushed: { index: number; time: number }[] = []
      const push = (time: number) => {
        rows.push(pushed.length, time)
        pushed.push({ index: pushed.length, time })
      }
      for (const time of first) push(time)
      rows.putOff(until)
      const told = first.flatMap((time, index) => (time <= until ? [index] : []))
      expect(Array.from({ length: rows.count }, (_, row) => rows.at(row))).toEqual(told)
      expect(rows.later).toBe(first.length - told.length)
      rows.sort()
      rows.resume()
      for (const time of second) push(time)
      const left = pushed.filter(({ index, time }) => index >= first.length || time > until)
      expect(Array.from({ length: rows.count }, (_, row) => rows.at(row))).toEqual(left.map(({ index }) => index))
      rows.sort()
      const sorted = left.sort((a, b) => a.time - b.time || a.index - b.index)
      expect(Array.from({ length: rows.count }, (_, row) => rows.at(row))).toEqual(sorted.map(({ index }) => index))
    }),
  )
})
