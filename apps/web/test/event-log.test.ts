import { describe, expect, it } from 'vitest'
import { EventLog, type Rows } from '../store/event-log.ts'

const batch = (rows: number, name = ''): Rows & { name: string } => ({ rows, name })

/** What an entry is: "a2" for row 2 of batch a, "!x" for a marker. */
function drawn(
  log: EventLog<Rows & { name: string }, string>,
  entries = log as Pick<typeof log, 'first' | 'next' | 'piece'>,
): string {
  const parts: string[] = []
  for (let entry = entries.first; entry < entries.next; entry++) {
    const piece = entries.piece(entry)
    if (piece === undefined) parts.push('?')
    else if (piece.kind === 'marker') parts.push(`!${piece.marker}`)
    else parts.push(`${piece.batch.name}${piece.from + entry - piece.first}`)
  }
  return parts.join(' ')
}

describe('the event log', () => {
  it('[L5] received = kept + evicted, whatever the sizes of the batches', () => {
    const log = new EventLog<Rows, string>(100, 1)
    for (let i = 0; i < 500; i++) {
      log.append(batch((i * 37) % 53), i % 7 === 0 ? [{ before: 0, marker: 'gap' }] : [])
      expect(log.received).toBe(log.kept + log.evicted)
      expect(log.kept).toBeLessThanOrEqual(100)
    }
    expect(log.evicted).toBeGreaterThan(0)
    expect(log.kept).toBeGreaterThan(90)
  })

  it('keeps the newest rows, the oldest leave one by one', () => {
    const log = new EventLog<Rows & { name: string }, string>(4, 1)
    log.append(batch(3, 'a'), [])
    log.append(batch(3, 'b'), [])
    expect(drawn(log)).toBe('a2 b0 b1 b2')
  })

  it('puts a gap before its row, and behind the last one', () => {
    const log = new EventLog<Rows & { name: string }, string>(10, 1)
    log.append(batch(2, 'a'), [
      { before: 0, marker: 'x' },
      { before: 1, marker: 'y' },
      { before: 2, marker: 'z' },
    ])
    expect(drawn(log)).toBe('!x a0 !y a1 !z')
  })

  it('markers leave with the rows around them', () => {
    const log = new EventLog<Rows & { name: string }, string>(3, 1)
    log.append(batch(2, 'a'), [{ before: 1, marker: 'x' }])
    expect(log.kept).toBe(2)
    log.append(batch(3, 'b'), [])
    expect(drawn(log)).toBe('b0 b1 b2')
  })

  it('[L5] batches of one row are bounded as well: each takes as much as several', () => {
    const log = new EventLog<Rows, string>(1_000, 16)
    for (let i = 0; i < 500; i++) log.append(batch(1), [])
    expect(log.kept).toBe(62)
    expect([log.received, log.kept + log.evicted]).toEqual([500, 500])
  })

  it('markers without any row are bounded', () => {
    const log = new EventLog<Rows, string>(1_000, 16)
    for (let i = 0; i < 500; i++) log.mark('x')
    expect(log.next - log.first).toBe(62)
  })

  it('[L5] a large batch leaves row by row down to the least, then as a whole', () => {
    const log = new EventLog<Rows, string>(100, 16)
    log.append(batch(110), [])
    expect(log.kept).toBe(100)
    log.append(batch(80), [])
    expect(log.kept).toBe(100)
    log.append(batch(10), [])
    expect([log.received, log.kept, log.evicted]).toEqual([200, 90, 110])
  })

  it('numbers an entry once and for all', () => {
    const log = new EventLog<Rows & { name: string }, string>(3, 1)
    log.append(batch(2, 'a'), [])
    log.append(batch(3, 'b'), [])
    expect([log.first, log.next]).toEqual([2, 5])
    expect(log.piece(1)).toBeUndefined()
    expect(log.piece(5)).toBeUndefined()
  })

  it('a snapshot outlives eviction and clearing', () => {
    const log = new EventLog<Rows & { name: string }, string>(2, 1)
    log.append(batch(2, 'a'), [])
    const snapshot = log.snapshot()
    log.append(batch(2, 'b'), [])
    log.clear()
    expect(drawn(log, snapshot)).toBe('a0 a1')
    expect(drawn(log)).toBe('')
  })

  it('[L5] cleared rows count as evicted', () => {
    const log = new EventLog<Rows, string>(10, 1)
    log.append(batch(4), [])
    log.clear()
    expect([log.received, log.kept, log.evicted]).toEqual([4, 0, 4])
  })
})
