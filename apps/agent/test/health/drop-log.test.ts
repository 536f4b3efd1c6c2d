import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DropLog } from '../../src/health/drop-log.ts'
import { dropKey, dropPlace, readLedger, rowsBytes } from '../../src/health/rows.ts'
import { ABI, LIMITS, SLOTS_IN_USE } from '../../src/source/abi.ts'
import { count, emptyLedger } from './ledgers.ts'

const { rs_row, rs_fates } = ABI.structs
const CPUS = 2
const OPEN = 4

test('[ACC-8] a drop is told with its slot, type, CPU, reason, and when it was noticed first and last', () => {
  const log = new DropLog(CPUS)
  const ledger = emptyLedger(CPUS)
  count(ledger, CPUS, 1 * LIMITS.types + OPEN, 1, 'dropped_no_reader', 3)
  log.take(ledger, 1000)
  log.take(ledger, 2000)
  count(ledger, CPUS, 1 * LIMITS.types + OPEN, 1, 'dropped_no_reader', 4)
  expect(log.take(ledger, 3000)).toEqual({
    drops: [{ slot: 'normal', type: 'open', cpu: 1, reason: 'noReader', count: 7, firstMs: 1000, lastMs: 3000 }],
    dropsElsewhere: 0,
  })
})

test('[ACC-8] at most 64 places are named, those that dropped most, and what others dropped is told as one sum', () => {
  const log = new DropLog(32)
  const ledger = emptyLedger(32)
  for (let cpu = 0; cpu < 32; cpu += 1) {
    for (let type = 1; type <= 3; type += 1) count(ledger, 32, type, cpu, 'dropped_full', cpu * 3 + type)
  }
  const { drops, dropsElsewhere } = log.take(ledger, 0)
  expect(drops).toHaveLength(64)
  expect(drops.map((drop) => drop.count)).toEqual(Array.from({ length: 64 }, (_, place) => 96 - place))
  expect(dropsElsewhere).toBe((32 * 33) / 2)
})

test('[ACC-8] of what rows count as dropped nothing is left unattributed: 10,000 runs', () => {
  const cell = fc.record({
    ...{ cpu: fc.nat(CPUS - 1), level: fc.nat(LIMITS.rows - 1), slot: fc.nat(SLOTS_IN_USE - 1) },
    type: fc.nat(LIMITS.types - 1),
    fate: fc.constantFrom('dropped_full', 'dropped_oversize', 'dropped_no_reader', 'dropped_other', 'submitted'),
    count: fc.integer({ min: 1, max: 2 ** 31 }),
  })
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 30 }), (cells) => {
      const rows = new Uint8Array(rowsBytes(CPUS))
      const view = new DataView(rows.buffer)
      for (const { cpu, level, slot, type, fate, count: by } of cells) {
        const row = (cpu * LIMITS.rows + level) * rs_row.bytes
        const at = row + rs_row.members.fates + (slot * LIMITS.types + type) * rs_fates.bytes + rs_fates.members[fate]
        view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(by), true)
      }
      const ledger = readLedger(rows, CPUS)
      const { drops, dropsElsewhere } = new DropLog(CPUS).take(ledger, 0)
      const dropped = ledger.dropped.reduce((sum, value) => sum + value, 0)
      expect(drops.reduce((sum, drop) => sum + drop.count, dropsElsewhere)).toBe(dropped)
    }),
    { numRuns: 10_000 },
  )
}, 60_000)

test('a place of a drop is one number and back', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(127), fc.nat(3), (cell, cpu, reason) => {
      expect(dropPlace(128, dropKey(128, { cell, cpu, reason }))).toEqual({ cell, cpu, reason })
    }),
  )
})

test('what tables in the kernel had no room for is added up over all rows', () => {
  const rows = new Uint8Array(rowsBytes(CPUS))
  const view = new DataView(rows.buffer)
  for (const row of [0, 3, 9]) view.setBigUint64(row * rs_row.bytes + rs_row.members.untabled + 8, 5n, true)
  expect([...readLedger(rows, CPUS).untabled]).toEqual([0, 15, 0])
})
