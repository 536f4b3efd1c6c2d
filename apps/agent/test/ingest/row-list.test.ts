import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowList } from '../../src/ingest/row-list.ts'

test.each([
  ['a few rows', 40, 1e7],
  ['a window', 3000, 2e7],
  ['seconds in one window', 3000, 4e9],
  ['a reader that was stopped for long', 500, 1e12],
])('rows come out by time, those of one time in their order: %s', (_, most, range) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -range, max: range }), { maxLength: most, size: 'max' }), (times) => {
      const rows = new RowList()
      times.forEach((time, index) => {
        rows.push(index, time)
      })
      rows.sort()
      const expected = times.map((time, index) => ({ time, index })).sort((a, b) => a.time - b.time)
      expect(Array.from(times, (_, row) => rows.timeNs(row))).toEqual(expected.map(({ time }) => time))
      expect(Array.from(times, (_, row) => rows.held(row))).toEqual(expected.map(({ index }) => index))
    }),
    { numRuns: 30 },
  )
})
