import { describe, expect, it } from 'vitest'
import { droppedTypes, History } from '../store/history.ts'
import { faultsIn } from '../view/buffers/timeline-lanes.ts'
import { makeFates, makeHealth, makeSlot } from './make-health.ts'

describe('history', () => {
  it('makes rates of two readings of the counters', () => {
    const history = new History(10)
    history.push(makeHealth(1, { fates: [makeFates({ seen: 100 })] }))
    history.push(makeHealth(3, { fates: [makeFates({ seen: 500 })] }))
    const [point] = history.points
    expect(point?.seconds).toBe(2)
    expect(point?.rates.seen).toBe(200)
    expect(point?.slots.debug?.rates.submitted).toBe(200)
  })

  it('counts a single drop, however long the point', () => {
    const history = new History(10)
    history.push(makeHealth(1, { fates: [makeFates({ seen: 1 })] }))
    history.push(makeHealth(2, { fates: [makeFates({ seen: 10, full: 1 })] }))
    expect(history.points[0]?.slots.debug?.dropped).toBe(1)
    expect(history.points[0]?.slots.debug?.droppedByType).toEqual({ syscall: 1 })
  })

  it('never compares counters of two epochs', () => {
    const history = new History(10)
    history.push(makeHealth(1, { fates: [makeFates({ seen: 1_000 })] }))
    history.push(makeHealth(2, { epoch: 'two', fates: [makeFates({ seen: 5 })] }))
    expect(history.points).toEqual([])
    history.push(makeHealth(3, { epoch: 'two', fates: [makeFates({ seen: 10 })] }))
    expect(history.points[0]?.rates.seen).toBe(5)
  })

  it('[ACC-11] shows a counter that went down as a fault, whatever the others gained', () => {
    const history = new History(10)
    history.push(makeHealth(1, { fates: [makeFates({ seen: 100 }), makeFates({ type: 'packet', seen: 10, full: 2 })] }))
    history.push(makeHealth(2, { fates: [makeFates({ seen: 40 }), makeFates({ type: 'packet', seen: 500, full: 3 })] }))
    const [point] = history.points
    expect(point?.slots.debug?.rates).toMatchObject({ seen: null, submitted: null, dropped: 1, shed: 0 })
    expect(point?.rates.seen).toBeNull()
    expect(point?.fallen).toContain('seen of debug syscall')
    expect(faultsIn(history.points)[0]).toMatchObject({
      kind: 'fault',
      text: expect.stringMatching(/^went down, a fault: seen/),
    })
  })

  it('[ACC-11] a pair that is gone has fallen', () => {
    const history = new History(10)
    history.push(makeHealth(1, { fates: [makeFates({ seen: 100 })] }))
    history.push(makeHealth(2, { fates: [] }))
    expect(history.points[0]?.slots.debug?.rates.seen).toBeNull()
  })

  it('marks a silence as a break', () => {
    const history = new History(10)
    for (const second of [1, 2, 3, 20, 21]) history.push(makeHealth(second))
    expect(history.points.map((point) => point.afterBreak)).toEqual([true, false, true, false])
  })

  it('holds no more points than it has room for, and gives a new array each time', () => {
    const history = new History(3)
    const seen = new Set<unknown>()
    for (let second = 0; second < 10; second++) {
      history.push(makeHealth(second))
      seen.add(history.points)
    }
    expect(history.points).toHaveLength(3)
    expect(seen.size).toBe(10)
  })

  it('rates what this page was sent only within one connection', () => {
    const client = {
      id: 1,
      matched: 0,
      sent: 0,
      thinned: 0,
      skipped: 0,
      queued: 0,
      withheld: 0,
      framesSent: 0,
      framesSkipped: 0,
    }
    const history = new History(10)
    history.push(makeHealth(1, { client: { ...client, sent: 50 } }))
    history.push(makeHealth(2, { client: { ...client, sent: 80 } }))
    history.push(makeHealth(3, { client: { ...client, id: 2, sent: 10 } }))
    expect(history.points.map((point) => point.streamed)).toEqual([30, null])
  })

  it('names the types dropped in a slot within a time, most first', () => {
    const history = new History(10)
    const fates = (syscalls: number, packets: number) => [
      makeFates({ seen: 1_000, full: syscalls }),
      makeFates({ type: 'packet', seen: 1_000, full: packets }),
    ]
    history.push(makeHealth(1, { slots: [makeSlot()], fates: fates(0, 0) }))
    history.push(makeHealth(2, { fates: fates(5, 7) }))
    history.push(makeHealth(3, { fates: fates(50, 7) }))
    const at = makeHealth(2).timeMs
    expect(droppedTypes(history.points, 'debug', at - 500, at - 400)).toEqual([
      ['packet', 7],
      ['syscall', 5],
    ])
    expect(droppedTypes(history.points, 'debug', at + 500, at + 600)).toEqual([['syscall', 45]])
    expect(droppedTypes(history.points, 'normal', 0, at + 9_999)).toEqual([])
  })
})
