import { describe, expect, it } from 'vitest'
import { happeningsOf, silencesIn } from '../view/buffers/timeline-lanes.ts'

const silence = { fromMs: 50_000, toMs: 62_000 }

describe('the list below the time axis', () => {
  it('tells of a time without a connection', () => {
    expect(silencesIn([silence], 0, 300_000, 1000)).toEqual([
      { timeMs: 50_000, kind: 'silence', text: 'not connected for 12 s' },
    ])
  })

  it('tells that the agent was restarted in it', () => {
    expect(silencesIn([silence], 0, 300_000, 60_000)[0]?.text).toMatch(/^agent restarted, not connected for 12 s/)
  })

  it('leaves out what is older than the axis', () => {
    expect(silencesIn([silence], 70_000, 370_000, 60_000)).toEqual([])
  })

  it('puts the newest first, whatever its kind', () => {
    const drop = { slot: 'debug', fromMs: 40_000, toMs: 41_000, count: 1204, text: 'debug (syscall)' } as const
    const moment = { timeMs: 70_000, text: 'resumed', ok: true, by: 'page' }
    const silent = silencesIn([silence], 0, 300_000, null)
    expect(happeningsOf([drop], [moment], silent).map(({ kind }) => kind)).toEqual(['change', 'silence', 'loss'])
  })
})
