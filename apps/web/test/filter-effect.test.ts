import type { FilterRule } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import { shareLeftOut, wouldPass } from '../view/control/filter-effect.ts'
import { makeBatch } from './make-batch.ts'

const batch = makeBatch([{ pid: 1, uid: 0, comm: 'init' }, { pid: 7, uid: 1000, comm: 'bash' }, { type: 'tick' }])
const passing = (...rules: FilterRule[]) => [0, 1, 2].map((row) => wouldPass(rules, batch, row))

describe('a filter in the kernel, judged by the rows held', () => {
  it('lets everything through without rules', () => {
    expect(passing()).toEqual([true, true, true])
  })

  it('leaves out what a rule with not matches', () => {
    expect(passing({ field: 'uid', not: true, value: 0 })).toEqual([false, true, true])
  })

  it('asks for one of several rules of a field, and for each field', () => {
    const rules: FilterRule[] = [
      { field: 'comm', not: false, value: 'init' },
      { field: 'comm', not: false, value: 'bash' },
    ]
    expect(passing(...rules)).toEqual([true, true, false])
    expect(passing(...rules, { field: 'pid', not: false, value: 7 })).toEqual([false, true, false])
  })

  it('matches no rule about processes where an event has none', () => {
    expect(passing({ field: 'pid', not: false, value: 0 })[2]).toBe(false)
    expect(passing({ field: 'type', not: false, value: ['tick'] })).toEqual([false, false, true])
  })

  it.each([
    ['SYN_SENT', 7, 2, true],
    ['LISTEN', 7, 10, true],
    ['FIN_WAIT1', 1, 4, true],
    ['LAST_ACK after CLOSE_WAIT', 8, 9, true],
    ['CLOSE of a listener', 10, 7, true],
    ['ESTABLISHED', 2, 1, false],
    ['CLOSE_WAIT', 1, 8, false],
    ['CLOSE after LAST_ACK', 9, 7, false],
    ['TIME_WAIT', 5, 6, false],
  ])('knows who changed a socket as the kernel does, whoever owns it: %s', (_, from, to, isKnown) => {
    const rows = makeBatch([{ type: 'tcp', pid: 7, uid: 1000, comm: 'curl', states: [from, to] }])
    expect(wouldPass([{ field: 'comm', not: false, value: 'curl' }], rows, 0)).toBe(isKnown)
    expect(wouldPass([{ field: 'pid', not: true, value: 7 }], rows, 0)).toBe(!isKnown)
    expect(wouldPass([{ field: 'type', not: false, value: ['tcp'] }], rows, 0)).toBe(true)
  })

  it('is not known for control groups, but where another rule decides', () => {
    const group: FilterRule = { field: 'cgroup', not: false, value: '/system.slice' }
    expect(passing(group)).toEqual([null, null, false])
    expect(passing(group, { field: 'uid', not: true, value: 0 })[0]).toBe(false)
  })

  it('is weighted by what was thinned and sampled', () => {
    const held = (rows: Parameters<typeof makeBatch>[0], matched: number) => ({
      ...{ rows: rows.length, zeroMs: 0, lateNs: null },
      batch: makeBatch(rows, { matched }),
    })
    const rules: FilterRule[] = [{ field: 'uid', not: true, value: 0 }]
    expect(shareLeftOut(rules, [held([{ uid: 0 }], 3), held([{ uid: 5 }], 1)])).toEqual({ rows: 2, leftOut: 0.75 })
    expect(shareLeftOut(rules, [held([{ uid: 0 }, { uid: 5, rate: 2 ** 30 }], 2)]).leftOut).toBeCloseTo(0.2)
    expect(shareLeftOut(rules, []).leftOut).toBeNull()
  })
})
