import { describe, expect, it } from 'vitest'
import { EventLog } from '../store/event-log.ts'
import { Matches } from '../store/matches.ts'

interface Letters {
  rows: number
  text: string
}

const letters = (text: string): Letters => ({ rows: text.length, text })
const upper = {
  passes: (batch: Letters, row: number) => /[A-Z]/.test(batch.text[row] ?? ''),
  merge: (a: number, b: number): number | null => (a < 0 || b < 0 ? null : a + b),
}

function drawn(matches: Matches<Letters, number>): string {
  let text = ''
  for (let i = 0; i < matches.length; i++) {
    const entry = matches.at(i)
    const piece = matches.entries.piece(entry)
    const marker = matches.marker(entry)
    if (marker !== undefined) text += `(${marker})`
    else if (piece?.kind === 'rows') text += piece.batch.text[piece.from + entry - piece.first]
  }
  return text
}

describe('what passes a filter', () => {
  it('is the same whether the rows came before or after', () => {
    const log = new EventLog<Letters, number>(100, 1)
    const early = new Matches(log, upper)
    for (const text of ['aBc', 'DEf', 'ghi', 'J']) log.append(letters(text), [])
    early.update()
    expect(drawn(early)).toBe('BDEJ')
    expect(drawn(new Matches(log, upper))).toBe('BDEJ')
  })

  it('lets go of what was overwritten', () => {
    const log = new EventLog<Letters, number>(3, 1)
    const matches = new Matches(log, upper)
    for (const text of ['ABC', 'dE', 'F']) {
      log.append(letters(text), [])
      matches.update()
    }
    expect(drawn(matches)).toBe('EF')
    expect(matches.rows).toBe(2)
  })

  it('always shows markers: loss is not subject to a filter', () => {
    const log = new EventLog<Letters, number>(100, 1)
    log.append(letters('aBc'), [{ before: 0, marker: 3 }])
    expect(drawn(new Matches(log, upper))).toBe('(3)B')
  })

  it('joins markers whose rows between are filtered out', () => {
    const log = new EventLog<Letters, number>(100, 1)
    const matches = new Matches(log, upper)
    log.append(letters('ab'), [{ before: 0, marker: 3 }])
    matches.update()
    log.append(letters('cD'), [{ before: 1, marker: 4 }])
    log.append(letters('e'), [{ before: 0, marker: 5 }])
    matches.update()
    expect(drawn(matches)).toBe('(7)D(5)')
    expect(matches.rows).toBe(1)
  })

  it('keeps markers apart that cannot be joined', () => {
    const log = new EventLog<Letters, number>(100, 1)
    log.mark(3)
    log.mark(-1)
    log.mark(4)
    expect(drawn(new Matches(log, upper))).toBe('(3)(-1)(4)')
  })

  it('finds the place of an entry, or of the next one', () => {
    const log = new EventLog<Letters, number>(100, 1)
    log.append(letters('aBcDe'), [])
    const matches = new Matches(log, upper)
    expect([0, 1, 2, 3, 4].map((entry) => matches.indexOf(entry))).toEqual([0, 0, 1, 1, 2])
    expect(matches.at(-1)).toBe(-1)
    expect(matches.at(2)).toBe(-1)
  })

  it('holds more than its first room, and still the newest', () => {
    const log = new EventLog<Letters, number>(3_000, 1)
    const matches = new Matches(log, upper)
    for (let i = 0; i < 50; i++) {
      log.append(letters('A'.repeat(100)), [])
      matches.update()
    }
    expect(matches.length).toBe(3_000)
    expect(matches.at(0)).toBe(2_000)
    expect(matches.at(2_999)).toBe(4_999)
  })
})
