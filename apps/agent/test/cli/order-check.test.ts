/** The measure of order: what came too early as read, and what still did after ingest's rule had held it back. */
import { expect, test } from 'vitest'
import { OrderCheck } from '../../src/cli/compare/order-check.ts'

const MS = 1e6
const SLOT = 1

test('a record older than one read before is an inversion, and is put in order when it comes before the flush', () => {
  const order = new OrderCheck(SLOT, 0)
  for (const time of [10, 30, 20, 40]) order.take(time * MS)
  order.pass(100 * MS, 100 * MS)
  expect([order.inversions, order.late]).toEqual([1, 0])
})

test('what is newer than the pass waits for the older ones of the next', () => {
  const order = new OrderCheck(SLOT, 0)
  for (const time of [10, 50]) order.take(time * MS)
  order.pass(40 * MS, 41 * MS)
  order.take(45 * MS)
  order.pass(60 * MS, 61 * MS)
  expect([order.inversions, order.late]).toEqual([1, 0])
})

test('a record that comes after a newer one was told is late, and is not lost', () => {
  const order = new OrderCheck(SLOT, 0)
  for (const time of [10, 50]) order.take(time * MS)
  order.pass(60 * MS, 60 * MS)
  order.take(20 * MS)
  order.end()
  expect([order.inversions, order.late]).toEqual([1, 1])
})
