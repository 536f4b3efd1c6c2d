import { malformed as malformedMessage } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { MalformedLog } from '../../src/ingest/malformed.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { chunkOf, type RecordShape } from './chunk.ts'

function logOf(records: RecordShape[], times = { now: 0 }): MalformedLog {
  const log = new MalformedLog(() => times.now++)
  const scanner = new Scanner(2, { hi: 0, lo: 0 }, undefined, log.note)
  const { words, bytes } = chunkOf(records)
  scanner.scan(words, bytes, 0)
  return log
}

test('an unknown type is kept as opaque bytes, with what its header says', () => {
  const log = logOf([
    { type: 15, seq: 1, version: 3, cpu: 1, length: 40, fill: (view, at) => view.setUint32(at + 32, 0xfeca) },
  ])
  const told = log.take('e1', 99)
  expect(malformedMessage.safeParse(told).error).toBeUndefined()
  expect(told).toMatchObject({
    ...{ epoch: 'e1', timeMs: 99, total: 1 },
    samples: [{ slot: 'critical', typeNumber: 15, version: 3, cpu: 1, reason: 'type', size: 40, timeMs: 0 }],
  })
  expect(told?.samples[0]?.hex).toMatch(/^03000f0028000000.{48}0000feca00000000$/)
})

test('a record without a whole header has no fields that could be told', () => {
  const short = { typeNumber: null, version: null, cpu: null, reason: 'short' }
  const log = logOf([{ type: 9, seq: 1, length: 2 }])
  expect(log.take('e1', 0)?.samples).toMatchObject([{ ...short, size: 2, hex: '0100' }])
})

test('the newest 32 are kept, newest last, and all are counted', () => {
  const log = logOf(Array.from({ length: 70 }, (_, index) => ({ type: 12, seq: index + 1, length: 40 })))
  const told = log.take('e1', 0)
  expect(told?.total).toBe(70)
  expect(told?.samples.map(({ timeMs }) => timeMs)).toEqual(Array.from({ length: 32 }, (_, index) => 38 + index))
})

test('nothing is told twice, and of a long record the first bytes only', () => {
  const log = logOf([{ type: 12, seq: 1, length: 1031, size: 1031 }])
  expect(log.take('e1', 0)?.samples[0]).toMatchObject({ size: 1031, hex: expect.stringMatching(/^.{2048}$/) })
  expect(log.take('e1', 1)).toBeNull()
})
