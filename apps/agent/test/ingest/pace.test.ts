import fc from 'fast-check'
import { expect, test } from 'vitest'
import { busyRestMicros, Pace, type Rest } from '../../src/ingest/pace.ts'

const MIB = 1024 * 1024
const SLEEP_MICROS = 16_000
const IDLE_MICROS = 100_000

function pass(found: { bytes: number; capacity?: number }[], elapsedMicros = 1000, isAwaited = true): Rest {
  const pace = new Pace(SLEEP_MICROS, IDLE_MICROS)
  pace.begin()
  for (const { bytes, capacity = 8 * MIB } of found) pace.note(bytes, elapsedMicros, capacity)
  return pace.end(isAwaited)
}

test('at a high rate a rest lasts as long as an eighth of the buffer takes to fill', () => {
  expect(pass([{ bytes: 512 * 1024 }])).toEqual({ micros: 2000, asleep: false })
})

test('a rest is at least 100 µs', () => {
  expect(pass([{ bytes: 8 * MIB, capacity: 8 * MIB }], 10)).toEqual({ micros: 100, asleep: false })
})

test('the buffer that fills fastest sets the rest', () => {
  expect(pass([{ bytes: 0 }, { bytes: 4 * MIB }, { bytes: 100 }])).toEqual({ micros: 250, asleep: false })
})

test('a rest that is longer than a flood needs to fill a whole buffer is one that producers may end', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(1e6), fc.integer({ min: 12, max: 30 }), (bytes, elapsed, power) => {
      const { micros, asleep } = pass([{ bytes, capacity: 2 ** power }], elapsed)
      expect(asleep || micros <= Math.max(100, Math.min(10_000, 2 ** power / 1500))).toBe(true)
    }),
  )
})

test('where little comes the reader looks every 10 ms, and where nothing comes as seldom as it may', () => {
  expect(pass([{ bytes: 64 }])).toEqual({ micros: 10_000, asleep: true })
  expect(pass([{ bytes: 0 }])).toEqual({ micros: SLEEP_MICROS, asleep: true })
})

test('[RNG-3] while nobody waits for rows the reader looks ten times a second, unless producers wake it', () => {
  expect(pass([{ bytes: 0 }], 1000, false)).toEqual({ micros: IDLE_MICROS, asleep: true })
  expect(pass([{ bytes: 64 }], 1000, false)).toEqual({ micros: IDLE_MICROS, asleep: true })
  expect(pass([{ bytes: 512 * 1024 }], 1000, false)).toEqual({ micros: 2000, asleep: false })
})

test('[RNG-3] a head that stays busy is looked at soon once, and then 20 times a second', () => {
  expect([busyRestMicros(false), busyRestMicros(true)]).toEqual([5000, 50_000])
})
