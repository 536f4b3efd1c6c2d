import { formatDuration } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import { Explorer } from '../store/explorer.ts'
import { latenessOf, NO_PROGRESS } from '../store/late.ts'
import { lateWords, orderWords, weightText } from '../view/explorer/order.ts'
import { makeBatch } from './make-batch.ts'

const times = (list: readonly number[], late: number, subscription = 1) =>
  makeBatch(
    list.map((timeNs) => ({ timeNs })),
    { late, lateNs: late === 0 ? 0 : 5, subscription },
  )

describe('rows that come late', () => {
  it('are those that are older than one before them, by how much', () => {
    const { lateNs } = latenessOf(times([10, 30, 20, 40, 35], 2), NO_PROGRESS)
    expect([...(lateNs ?? [])]).toEqual([0, 0, 10, 0, 5])
  })

  it('are told across batches of one subscription, and not across two', () => {
    const { after } = latenessOf(times([100], 0), NO_PROGRESS)
    expect([...(latenessOf(times([90], 1), after).lateNs ?? [])]).toEqual([10])
    expect([...(latenessOf(times([90], 1, 2), after).lateNs ?? [])]).toEqual([0])
  })

  it('are not looked for where the agent says that there are none', () => {
    expect(latenessOf(times([10, 5], 0), NO_PROGRESS).lateNs).toBeNull()
  })

  it('are counted for one order alone, and marked only where it is by time', () => {
    globalThis.requestAnimationFrame ??= () => 0
    const explorer = new Explorer()
    explorer.append(times([10, 5], 1), 0, 100)
    expect(explorer.lateness).toEqual({ rows: 2, late: 1, worstNs: 5 })
    expect(explorer.newest(1)[0]?.lateNs).not.toBeNull()
    explorer.orderBy('cpu')
    expect(explorer.lateness.rows).toBe(0)
    explorer.append(times([10, 5], 1), 0, 100)
    expect(explorer.newest(1)[0]?.lateNs).toBeNull()
  })
})

describe('the order in words', () => {
  it('says what holds, and how late rows came', () => {
    expect(orderWords({ mode: 'time', windowMs: 50 })).toBe('by time across buffers and CPUs, held ≤ 50 ms')
    expect(orderWords({ mode: 'cpu', windowMs: 50 })).toBe('as read, per CPU')
    expect(lateWords({ rows: 12_402, late: 3, worstNs: 3.1e6 }, 'time')).toBe(
      `late 3 of 12,402, worst ${formatDuration(3.1e6)}`,
    )
    expect(lateWords({ rows: 5, late: 0, worstNs: 0 }, 'time')).toBe('late 0 of 5')
  })

  it.each([
    [1, null],
    [2, '×2'],
    [2.5, '×2.5'],
    [10, '×10'],
    [1_000, '×1 k'],
  ])('a weight of %s → %s', (weight, text) => {
    expect(weightText(weight)).toBe(text)
  })
})
