/** Rates and shares of counters: never NaN, negative or across two lives of an agent. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { healthChange } from '../src/changes.ts'
import { formatShare } from '../src/format.ts'
import type { Fates } from '../src/messages/ledger.ts'
import { changeOf, formatChange, type Reading, rateOf, ratioOf, shareOf } from '../src/ratio.ts'
import { DROP_REASONS } from '../src/words.ts'
import { fatesOf, healthOf } from './messages-fixture.ts'

const RUNS = { numRuns: 10_000 }
const strange = fc.oneof(
  fc.nat(1000),
  fc.double(),
  fc.constantFrom(0, 1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
)
const anyReading: fc.Arbitrary<Reading> = fc.record({
  epoch: fc.constantFrom('a', 'b'),
  timeMs: strange,
  count: strange,
})
const reading = (count: number, timeMs = 1000, epoch = 'a'): Reading => ({ epoch, timeMs, count })

describe('counters', () => {
  it('[ACC-10] a rate is what was counted over the time between', () => {
    const change = changeOf(reading(100), reading(350, 3000))
    expect(change).toEqual({ state: 'change', by: 250, overMs: 2000 })
    expect([rateOf(change), formatChange(change)]).toEqual([125, '125 ev/s'])
  })

  it('[ACC-10] a counter that goes down is a fault, not a negative rate', () => {
    const change = changeOf(reading(100), reading(97, 2000))
    expect([change.state, rateOf(change), formatChange(change)]).toEqual(['fault', null, 'went down by 3'])
  })

  it('[ACC-10] nothing was attempted: a dash', () => {
    const none = changeOf(reading(5), reading(5, 2000))
    expect([ratioOf(none, none), formatShare(ratioOf(none, none)), formatChange(none)]).toEqual([null, '–', '0 ev/s'])
  })

  it('[ACC-11] two lives of an agent are never subtracted', () => {
    const change = changeOf(reading(5), reading(500, 2000, 'b'))
    expect([change.state, rateOf(change), formatChange(change)]).toEqual(['reset', null, '–'])
  })

  it('[ACC-10] without a reading before, or time in between, there is no rate', () => {
    for (const change of [changeOf(null, reading(1)), changeOf(reading(1), null), changeOf(reading(1), reading(2))]) {
      expect([change.state, rateOf(change), formatChange(change)]).toEqual(['none', null, '–'])
    }
  })

  it('[ACC-10] [QA-1] whatever the readings, a rate is finite and not negative, or there is none', () => {
    fc.assert(
      fc.property(anyReading, anyReading, (before, after) => {
        const change = changeOf(before, after)
        const rate = rateOf(change)
        expect(rate === null || (rate >= 0 && rate < Number.POSITIVE_INFINITY)).toBe(true)
        expect(formatChange(change)).not.toMatch(/NaN|Infinity|undefined/)
        const by = after.count - before.count
        if (before.epoch !== after.epoch) expect(change.state).toBe('reset')
        else if (Number.isFinite(by)) expect(change.state === 'fault').toBe(by < 0)
      }),
      RUNS,
    )
  })

  it('[ACC-10] [QA-1] whatever the readings, a share is in [0, 1], or there is none', () => {
    fc.assert(
      fc.property(anyReading, anyReading, anyReading, anyReading, (a, b, c, d) => {
        for (const share of [ratioOf(changeOf(a, b), changeOf(c, d)), shareOf(a.count, b.count)]) {
          expect(share === null || (share >= 0 && share <= 1)).toBe(true)
          expect(formatShare(share)).toMatch(/^(–|0 %|[<>]? ?[\d.]+ %)$/)
        }
      }),
      RUNS,
    )
  })
})

const count = fc.nat(50)
const anyFates: fc.Arbitrary<Fates> = fc.record({
  slot: fc.constantFrom('normal' as const, 'debug' as const),
  type: fc.constantFrom('open' as const, 'tcp' as const),
  ...{ seen: count, filtered: count, sampled: count, shed: count, aggregated: count, submitted: count },
  ...{ consumed: count, decoded: count, malformed: count },
  dropped: fc.record({ full: count, oversize: count, noReader: count, other: count }),
})
const anyHealth = fc
  .record({
    epoch: fc.constantFrom('a', 'b'),
    number: fc.nat(9),
    fates: fc.uniqueArray(anyFates, { maxLength: 4, selector: ({ slot, type }) => `${slot} ${type}` }),
  })
  .map(healthOf)

describe('changes', () => {
  it('[ACC-11] a range over two lives has no numbers', () => {
    expect(healthChange(healthOf(), healthOf({ epoch: 'e2', number: 9 }))).toEqual({ ok: false, reason: 'epoch' })
    expect(healthChange(null, null)).toEqual({ ok: false, reason: 'none' })
    expect(healthChange(healthOf({ number: 2 }), healthOf())).toEqual({ ok: false, reason: 'order' })
  })

  it('[ACC-11] what was counted between two messages, and since the start', () => {
    const first = healthOf({ fates: [fatesOf('debug', 'syscall', 100)] })
    const last = healthOf({ number: 2, fates: [fatesOf('debug', 'syscall', 130), fatesOf('debug', 'tick', 4)] })
    expect(healthChange(first, last)).toMatchObject({
      ok: true,
      change: {
        fates: [
          { type: 'syscall', seen: 30, decoded: 30 },
          { type: 'tick', seen: 4 },
        ],
        fallen: [],
      },
    })
    expect(healthChange(null, last)).toMatchObject({
      change: { fromMs: last.timeMs - last.upMs, toMs: last.timeMs, fates: last.fates },
    })
  })

  it('[ACC-10] [ACC-11] [QA-1] no change is negative, and one that would be is named as a fault', () => {
    fc.assert(
      fc.property(anyHealth, anyHealth, (first, last) => {
        const changed = healthChange(first, last)
        expect(changed.ok).toBe(first.epoch === last.epoch && first.number <= last.number)
        if (!changed.ok) return
        let fell = false
        for (const before of first.fates) {
          const after = last.fates.find(({ slot, type }) => slot === before.slot && type === before.type)
          fell ||= numbersOf(before).some(
            (value, index) => value > (after === undefined ? 0 : (numbersOf(after)[index] ?? 0)),
          )
        }
        expect(changed.change.fallen.length > 0).toBe(fell)
        for (const fates of changed.change.fates) expect(Math.min(...numbersOf(fates))).toBeGreaterThanOrEqual(0)
      }),
      RUNS,
    )
  })
})

function numbersOf({ dropped, slot: _, type: __, ...counts }: Fates): number[] {
  const names = Object.keys(counts).sort() as (keyof typeof counts)[]
  return [...names.map((name) => counts[name]), ...DROP_REASONS.map((reason) => dropped[reason])]
}
