import { describe, expect, it } from 'vitest'
import { judge } from '../store/verdict.ts'
import { headline } from '../view/ledger/words.ts'
import { makeControl } from './make-control.ts'
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
    expect(judge(healths, SPAN_MS, null)).toMatchObject({ state: 'complete', isWhole: false })
  })

  it('shows a loss within the range', () => {
    const healths = [lossy(100, 0, null), lossy(150, 0, null), lossy(170, 7, makeHealth(165).timeMs)]
    const verdict = judge(healths, SPAN_MS, null)
    expect(verdict).toMatchObject({ state: 'blind', lost: 7 })
    expect(headline(verdict)).toMatch(/^blind \d\d:\d\d:\d\d, 7 lost in debug \(syscall\)$/)
  })

  it('goes back to the start when the page was opened after a loss that the range covers', () => {
    const recent = makeHealth(190).timeMs
    const verdict = judge([lossy(195, 5, recent), lossy(200, 5, recent)], SPAN_MS, null)
    expect(verdict).toMatchObject({ state: 'blind', lost: 5, isWhole: true })
  })

  it('is unknown before the first health', () => {
    expect(judge([], SPAN_MS, null)).toMatchObject({ state: 'unknown', sinceMs: null })
  })
})

describe('what a verdict cannot speak of', () => {
  const healths = [makeHealth(100), makeHealth(200)]
  const at = (second: number, text: string, ok = true) => ({ timeMs: makeHealth(second).timeMs, by: 'page', text, ok })

  it('is complete without a word more where nothing was off', () => {
    expect(headline(judge(healths, SPAN_MS, makeControl()))).toBe('complete')
  })

  it('names types that are off, but not those of the load generator', () => {
    const control = makeControl({ off: ['syscall', 'packet', 'load', 'tick'] })
    expect(headline(judge(healths, SPAN_MS, control))).toBe('complete · packet, syscall are off')
    expect(headline(judge(healths, SPAN_MS, makeControl({ off: ['syscall'] })))).toBe('complete · syscall is off')
  })

  it('names a pause within the range, and none before it', () => {
    const history = [
      at(20, 'paused: no event is recorded'),
      at(30, 'resumed'),
      at(151, 'paused: no event is recorded'),
      at(157, 'resumed'),
    ]
    const verdict = judge(healths, SPAN_MS, makeControl({ history }))
    expect(headline(verdict)).toMatch(/^complete · paused \d\d:\d\d:31–37 in this range$/)
  })

  it('counts a pause from the beginning of the range where it began before', () => {
    const history = [at(90, 'paused: no event is recorded'), at(161, 'resumed')]
    expect(judge(healths, SPAN_MS, makeControl({ history })).absences).toEqual([
      { type: null, fromMs: makeHealth(100).timeMs, toMs: makeHealth(161).timeMs },
    ])
  })

  it('takes no refused command and no needless one for an absence', () => {
    const history = [at(150, 'paused: no event is recorded', false), at(160, 'resumed'), at(170, 'syscall: on')]
    expect(judge(healths, SPAN_MS, makeControl({ history })).absences).toEqual([])
  })

  it('tells of a pause that lasts once, with its beginning', () => {
    const control = makeControl({ paused: true, history: [at(190, 'paused: no event is recorded')] })
    expect(headline(judge(healths, SPAN_MS, control))).toMatch(/^paused since \d\d:\d\d:10: no event is taken$/)
  })

  it('tells of a pause that lasts beside a loss', () => {
    const recent = makeHealth(165).timeMs
    const control = makeControl({ paused: true, history: [at(190, 'paused: no event is recorded')] })
    const verdict = judge([lossy(100, 0, null), lossy(200, 7, recent)], SPAN_MS, control)
    expect(headline(verdict)).toMatch(/^blind .*7 lost in debug \(syscall\) · paused since \d\d:\d\d:10$/)
  })

  it('says until when it holds once the agent is silent', () => {
    expect(headline(judge(healths, SPAN_MS, null), true)).toMatch(/^complete until \d\d:\d\d:20$/)
    const verdict = judge([lossy(100, 0, null), lossy(200, 7, makeHealth(165).timeMs)], SPAN_MS, null)
    expect(headline(verdict, true)).toMatch(/ · as of \d\d:\d\d:20$/)
  })
})
