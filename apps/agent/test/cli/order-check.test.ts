/** The measure of order: what came too early as read, and what still did after it was held back. */
import { expect, test } from 'vitest'
import { OrderCheck } from '../../src/cli/compare/order-check.ts'

test('a record older than one read before is an inversion, and is put in order when it comes before the release', () => {
  const order = new OrderCheck()
  for (const time of [10, 30, 20, 40]) order.take(time)
  order.pass(100)
  expect([order.inversions, order.inversionsReordered]).toEqual([1, 0])
})

test('what is newer than the pass waits for the older ones of the next', () => {
  const order = new OrderCheck()
  for (const time of [10, 50]) order.take(time)
  order.pass(40)
  order.take(45)
  order.pass(60)
  expect([order.inversions, order.inversionsReordered]).toEqual([1, 0])
})

test('a record that comes after a newer one was released is late, and is not lost', () => {
  const order = new OrderCheck()
  for (const time of [10, 50]) order.take(time)
  order.pass(60)
  order.take(20)
  order.end()
  expect(order.late).toBe(1)
})
