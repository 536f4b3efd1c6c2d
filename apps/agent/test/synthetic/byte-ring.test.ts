import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ringBytes } from '../../src/source/abi.ts'
import { ByteRing } from '../../src/source/synthetic/byte-ring.ts'

const CAPACITY = 4096

test('records come out whole and in the order of reservation, whatever is written and read', () => {
  const step = fc.oneof(
    fc.record({ write: fc.integer({ min: 40, max: 1024 }) }),
    fc.record({ read: fc.integer({ min: 0, max: 8192 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const ring = new ByteRing(1, CAPACITY)
      const expected: number[] = []
      let byte = 0
      for (const now of steps) {
        if ('write' in now) {
          const at = ring.reserve(now.write)
          if (at < 0) continue
          byte = (byte + 1) & 0xff
          ring.submit(at, new Uint8Array(now.write).fill(byte))
          expected.push(byte)
        } else {
          const chunk = new Uint8Array(now.read)
          const bytes = ring.consume(chunk)
          for (let at = 0; at < bytes; ) {
            const length = new DataView(chunk.buffer).getUint32(at, true)
            const record = chunk.subarray(at + 8, at + 8 + length)
            expect(new Set(record)).toEqual(new Set([expected.shift()]))
            at += ringBytes(length)
          }
        }
        expect(ring.usedBytes).toBeLessThanOrEqual(CAPACITY - 8)
      }
    }),
  )
})

test('a ring of 4 KiB holds 255 records of 8 bytes and takes no record above 4,080', () => {
  const ring = new ByteRing(1, CAPACITY)
  let records = 0
  while (ring.reserve(8) >= 0) records += 1
  expect(records).toBe(255)
  expect(ring.tooLarge(4080)).toBe(false)
  expect(ring.tooLarge(4081)).toBe(true)
})

test('a busy record hides all behind it until it is submitted', () => {
  const ring = new ByteRing(1, CAPACITY)
  const first = ring.reserve(40)
  ring.submit(ring.reserve(40), new Uint8Array(40))
  const chunk = new Uint8Array(CAPACITY)
  expect([ring.busy(), ring.consume(chunk)]).toEqual([true, 0])
  ring.submit(first, new Uint8Array(40))
  expect([ring.busy(), ring.consume(chunk)]).toEqual([false, 96])
})

test('reading stops at the position that is asked for', () => {
  const ring = new ByteRing(1, CAPACITY)
  ring.submit(ring.reserve(40), new Uint8Array(40))
  const noted = ring.producer()
  ring.submit(ring.reserve(40), new Uint8Array(40))
  expect(ring.consume(new Uint8Array(CAPACITY), noted)).toBe(48)
})
