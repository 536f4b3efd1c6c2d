import { describe, expect, it } from 'vitest'
import { judge } from '../store/verdict.ts'
import { headline } from '../view/ledger/words.ts'
import { makeFates, makeHealth, makeSlot } from './make-health.ts'

const SPAN_MS = 60_000
const lossy = (second: number, lost: number, lastDropMs: number | null) =>
  makeHealth(second, {
    fates: [makeFates({ seen: second * 10, full: lost })],
    slots: [makeSlot({ gaps: lost, firstDropMs: lastDropMs, lastDropMs })],
  })

describe('the range of a verdict', () => {
  it('forgets a loss that is older than the range', () => {
    const old = makeHealth(10).timeMs
    const healths = [lossy(100, 5, old), lossy(200, 5, old)]
    expect(judge(healths, SPAN_MS, false)).toMatchObject({ state: 'complete', isWhole: false })
  })

  it('shows a loss within the range', () => {
    const healths = [lossy(100, 0, null), lossy(150, 0, null), lossy(170, 7, makeHealth(165).timeMs)]
    const verdict = judge(healths, SPAN_MS, false)
    expect(verdict).toMatchObject({ state: 'blind', lost: 7 })
    expect(headline(verdict)).toMatch(/^blind \d\d:\d\d:\d\d, 7 lost in debug \(syscall\)$/)
  })

  it('goes back to the start when the page was opened after a loss that the range covers', () => {
    const recent = makeHealth(190).timeMs
    const verdict = judge([lossy(195, 5, recent), lossy(200, 5, recent)], SPAN_MS, false)
    expect(verdict).toMatchObject({ state: 'blind', lost: 5, isWhole: true })
  })

  it('is unknown before the first health', () => {
    expect(judge([], SPAN_MS, false)).toMatchObject({ state: 'unknown', sinceMs: null })
  })
})
