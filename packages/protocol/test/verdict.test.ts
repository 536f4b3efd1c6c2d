/** From the ledger to a verdict. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fates, Health } from '../src/messages/ledger.ts'
import { shareOf } from '../src/ratio.ts'
import { dropLevel, verdictOf } from '../src/verdict.ts'
import { SLOT_NAMES } from '../src/words.ts'
import { fatesOf, healthOf, slotOf } from './messages-fixture.ts'

const full = (count: number): Fates['dropped'] => ({ full: count, oversize: 0, noReader: 0, other: 0 })
const first = healthOf()
const later = (changes: Partial<Health> = {}) =>
  healthOf({
    number: 6,
    timeMs: first.timeMs + 5000,
    upMs: 15_000,
    fates: [fatesOf('debug', 'syscall', 2000)],
    ...changes,
  })

describe('verdict', () => {
  it('[VER1] nothing received yet is unknown, not complete', () => {
    expect(verdictOf(null, null)).toMatchObject({ state: 'unknown', share: null })
  })

  it('[VER1] two epochs are never compared', () => {
    expect(verdictOf(first, later({ epoch: 'e2' }))).toMatchObject({ state: 'unknown' })
    expect(verdictOf(later(), first)).toMatchObject({ state: 'unknown' })
  })

  it('[VER2] no gap, no tail, nothing missed: complete', () => {
    expect(verdictOf(first, later())).toMatchObject({
      state: 'complete',
      text: 'complete',
      lost: 0,
      notes: [],
      level: 'none',
    })
  })

  it('[VER2] a kernel that does not tell what it missed leaves a note', () => {
    const verdict = verdictOf(first, later({ missed: null }))
    expect(verdict).toMatchObject({ state: 'complete', missed: null })
    expect(verdict.notes).toHaveLength(1)
  })

  it('[VER3] drops make it blind: how many, where, of which types, from when to when', () => {
    const dropMs = first.timeMs + 2000
    const last = later({
      fates: [
        fatesOf('debug', 'syscall', 100_000, { dropped: full(1000) }),
        fatesOf('debug', 'packet', 900, { dropped: full(204) }),
        fatesOf('critical', 'exec', 5),
      ],
      slots: [
        slotOf('critical'),
        slotOf('normal'),
        slotOf('debug', { gaps: 1200, tail: 4, firstDropMs: dropMs, lastDropMs: dropMs + 500 }),
      ],
    })
    expect(verdictOf(first, last)).toMatchObject({
      state: 'blind',
      text: '1,204 lost in debug (syscall, packet)',
      lost: 1204,
      losses: [
        { slot: 'debug', type: 'syscall', count: 1000 },
        { slot: 'debug', type: 'packet', count: 204 },
      ],
      fromMs: dropMs,
      toMs: dropMs + 500,
      level: 'error',
    })
  })

  it('[VER3] a loss before the range is no loss of the range', () => {
    const lossy = { slots: [slotOf('debug', { gaps: 9, firstDropMs: 1, lastDropMs: 2 })] }
    const before = healthOf({ ...lossy, fates: [fatesOf('debug', 'syscall', 100, { dropped: full(9) })] })
    const after = later({ ...lossy, fates: [fatesOf('debug', 'syscall', 200, { dropped: full(9) })] })
    expect(verdictOf(before, after)).toMatchObject({ state: 'complete', fromMs: null })
    expect(verdictOf(null, after)).toMatchObject({ state: 'blind', lost: 9 })
  })

  it('[VER3] a gap that shows up after its tail was told is not lost twice', () => {
    const before = healthOf({ slots: [slotOf('debug', { tail: 9, firstDropMs: 1, lastDropMs: 2 })] })
    const after = later({ slots: [slotOf('debug', { gaps: 9, firstDropMs: 1, lastDropMs: 2 })] })
    expect(verdictOf(before, after)).toMatchObject({ state: 'complete', lost: 0 })
  })

  it('[VER3] a tail alone is a loss, even before a counter tells of it', () => {
    expect(verdictOf(first, later({ slots: [slotOf('debug', { tail: 3 })] }))).toMatchObject({
      state: 'blind',
      lost: 3,
      text: '3 lost',
      fromMs: first.timeMs,
    })
  })

  it('[VER3] a drop that left no gap, since it took no number, has its time too', () => {
    const last = later({ fates: [fatesOf('debug', 'syscall', 2000, { dropped: full(1) })] })
    expect(verdictOf(first, last)).toMatchObject({ state: 'blind', lost: 1, fromMs: first.timeMs, toMs: last.timeMs })
  })

  it('[VER3] missed hook calls and malformed records are losses with names of their own', () => {
    const last = later({ missed: 4, fates: [fatesOf('debug', 'syscall', 2000, { malformed: 2 })] })
    expect(verdictOf(first, last)).toMatchObject({ state: 'blind', lost: 0, text: '2 malformed, 4 hook calls missed' })
  })

  it('[VER4] sampling is told with its factor', () => {
    const last = later({ fates: [fatesOf('debug', 'syscall', 11_000, { sampled: 9000 })] })
    expect(verdictOf(first, last)).toMatchObject({
      state: 'sampled',
      text: 'sampled ×10 in debug (syscall)',
      sampled: [{ slot: 'debug', type: 'syscall', count: 9000, factor: 10 }],
    })
  })

  it('[VER4] sampling that keeps nothing has no factor', () => {
    const last = later({ fates: [fatesOf('debug', 'syscall', 2000, { sampled: 1000 })] })
    expect(verdictOf(first, last)).toMatchObject({
      text: 'sampled to none in debug (syscall)',
      sampled: [{ factor: null }],
    })
  })

  it('[VER4] what is filtered or counted in tables was not drawn: it is no part of the factor', () => {
    const left = { filtered: 3000, aggregated: 5000, sampled: 1500 }
    const last = later({ fates: [fatesOf('debug', 'syscall', 11_000, left)] })
    expect(verdictOf(first, last).sampled).toMatchObject([{ count: 1500, factor: 4 }])
  })

  it('[VER2] what is left out by choice and has no state of its own is a note', () => {
    const fates = [
      fatesOf('debug', 'syscall', 3000, { filtered: 500, aggregated: 1000 }),
      fatesOf('hot', 'packet', 300, { filtered: 100 }),
    ]
    expect(verdictOf(first, later({ fates }))).toMatchObject({
      state: 'complete',
      notes: ['600 filtered in the kernel', '1,000 counted in tables instead of sent'],
    })
  })

  it('[VER2] a full table is never silent', () => {
    const before = healthOf({ untabled: { connections: 5, windows: 0, heavy: 1 } })
    const last = later({ untabled: { connections: 12, windows: 1, heavy: 1 } })
    expect(verdictOf(before, last).notes).toEqual([
      'the table of connections had no room for 7',
      'the table of time windows had no room for 1',
    ])
  })

  it('[VER3] [RNG-4] drops while a record that was not committed blocked the reader are told as such', () => {
    const last = later({
      fates: [fatesOf('debug', 'syscall', 2000, { dropped: full(9) })],
      slots: [slotOf('debug', { gaps: 9, droppedBlocked: 8 })],
    })
    expect(verdictOf(first, last)).toMatchObject({
      text: '9 lost in debug (syscall)',
      notes: ['8 dropped in debug while a record that was not committed blocked its reader'],
    })
  })

  it('[VER3] losses are told by their slots, whichever of all the layout uses', () => {
    const dropped = { dropped: full(2) }
    const fates = SLOT_NAMES.map((slot) => fatesOf(slot, 'open', 10, dropped))
    expect(verdictOf(null, later({ fates }))).toMatchObject({
      lost: 18,
      text: `18 lost in ${SLOT_NAMES.map((slot) => `${slot} (open)`).join(', ')}`,
    })
  })

  it('[VER4] shedding is told before sampling', () => {
    const last = later({ fates: [fatesOf('debug', 'syscall', 2000, { sampled: 500, shed: 300 })] })
    expect(verdictOf(first, last)).toMatchObject({ state: 'shed', text: '300 shed by backpressure in debug (syscall)' })
  })

  it('[VER5] numbers that do not balance outweigh everything', () => {
    const law = {
      ...(first.laws[0] as Health['laws'][number]),
      difference: 3,
      verdict: 'violated' as const,
      text: 'seen 3 ≠ 0',
    }
    const last = later({ laws: [law], fates: [fatesOf('debug', 'syscall', 2000, { dropped: full(9) })] })
    expect(verdictOf(first, last, true)).toMatchObject({ state: 'unbalanced', violated: [law] })
  })

  it('[VER5] a counter that goes down is a fault, not a negative rate', () => {
    const last = later({ fates: [fatesOf('debug', 'syscall', 10)] })
    expect(verdictOf(first, last)).toMatchObject({
      state: 'unbalanced',
      text: 'the numbers do not balance: a counter went down',
    })
  })

  const all: Fates = {
    ...fatesOf('debug', 'syscall', 9),
    ...{ filtered: 9, sampled: 9, shed: 9, aggregated: 9, submitted: 9, consumed: 9, decoded: 9, malformed: 9 },
    dropped: { full: 9, oversize: 9, noReader: 9, other: 9 },
  }
  const counted = { gaps: 9, tail: 9, consumedBytes: 9, ringEpoch: 9, droppedBlocked: 9, toldLost: 9 }
  const names = ['seen', 'filtered', 'sampled', 'shed', 'aggregated', 'submitted', 'consumed', 'decoded', 'malformed']
  const lower: [string, Partial<Health>][] = [
    ...names.map((name): [string, Partial<Health>] => [
      `${name} of debug syscall`,
      { fates: [{ ...all, [name]: 8 } as Fates] },
    ]),
    ...(['full', 'oversize', 'noReader', 'other'] as const).map((reason): [string, Partial<Health>] => [
      `dropped (${reason}) of debug syscall`,
      { fates: [{ ...all, dropped: { ...all.dropped, [reason]: 8 } }] },
    ]),
    ['seen of debug syscall, filtered of debug syscall', { fates: [] }],
    ['gaps of debug', { slots: [slotOf('debug', { ...counted, gaps: 8, tail: 10 })] }],
    ['gaps + tail of debug', { slots: [slotOf('debug', { ...counted, tail: 8 })] }],
    ['consumedBytes of debug', { slots: [slotOf('debug', { ...counted, consumedBytes: 8 })] }],
    ['resizes of debug', { slots: [slotOf('debug', { ...counted, ringEpoch: 8 })] }],
    ['gaps of debug', { slots: [] }],
    ['drops while blocked of debug', { slots: [slotOf('debug', { ...counted, droppedBlocked: 8 })] }],
    ['lost as told of debug', { slots: [slotOf('debug', { ...counted, toldLost: 8 })] }],
    ['untabled connections', { untabled: { connections: 8, windows: 9, heavy: 9 } }],
    ['untabled windows', { untabled: { connections: 9, windows: 8, heavy: 9 } }],
    ['untabled heavy', { untabled: { connections: 9, windows: 9, heavy: 8 } }],
    ['drops by place', { dropsElsewhere: 8 }],
    ['published', { published: 8 }],
    ['withheld', { withheld: 8 }],
    ['missed', { missed: 8 }],
  ]
  it.each(lower)('[VER5] whichever counter it is, and one that is gone: %s', (name, change) => {
    const same: Partial<Health> = {
      fates: [all],
      slots: [slotOf('debug', counted)],
      untabled: { connections: 9, windows: 9, heavy: 9 },
      dropsElsewhere: 9,
      published: 9,
      withheld: 9,
      missed: 9,
    }
    const before = healthOf(same)
    expect(verdictOf(before, later(same))).toMatchObject({ state: 'complete', notes: [] })
    const verdict = verdictOf(before, later({ ...same, ...change }))
    expect(verdict.state).toBe('unbalanced')
    expect(verdict.notes[0]).toContain(name)
  })

  it('[VER5] a pair that is gone and never counted anything is none', () => {
    const before = healthOf({ fates: [...first.fates, fatesOf('debug', 'tick', 0)] })
    expect(verdictOf(before, later())).toMatchObject({ state: 'complete' })
  })

  it('[VER5] a slot that lost its buffer and never counted anything is none', () => {
    const before = healthOf({ slots: [...first.slots, slotOf('hot', { ringEpoch: 3 })] })
    expect(verdictOf(before, later())).toMatchObject({ state: 'complete' })
  })

  it('[VER5] a place of drops that others have pushed out of those shown has not fallen', () => {
    const place = { slot: 'debug', type: 'open', cpu: 1, reason: 'full', count: 9, firstMs: 1, lastMs: 2 } as const
    const before = healthOf({ drops: [place], dropsElsewhere: 1 })
    const last = later({ drops: [{ ...place, cpu: 2, count: 10 }], dropsElsewhere: 10 })
    expect(verdictOf(before, last).state).toBe('complete')
  })

  it('[VER3] what was missed before the range began, and was not known then, is not billed to the range', () => {
    const before = healthOf({ missed: null })
    expect(verdictOf(before, later({ missed: 40 }))).toMatchObject({
      state: 'complete',
      missed: null,
      notes: ['hook calls missed were not known yet when this range began'],
    })
    expect(verdictOf(null, later({ missed: 40 }))).toMatchObject({ state: 'blind', missed: 40 })
  })

  it('[VER6] paused is told, unless something was lost', () => {
    expect(verdictOf(first, later(), true)).toMatchObject({ state: 'paused' })
    const last = later({ fates: [fatesOf('debug', 'syscall', 2000, { dropped: full(1) })] })
    expect(verdictOf(first, last, true)).toMatchObject({ state: 'blind' })
  })

  it('[ACC-7] levels: one drop, a per mille, a per cent', () => {
    expect([0, 1, 999, 1000, 9999, 10_000].map((dropped) => dropLevel(dropped, 1_000_000))).toEqual([
      'none',
      'info',
      'info',
      'warn',
      'warn',
      'error',
    ])
    expect(dropLevel(1, 0)).toBe('error')
  })

  it('[ACC-10] a share is in [0, 1] or null, never NaN', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), (part, whole) => {
        const share = shareOf(part, whole)
        if (share !== null) expect(share >= 0 && share <= 1).toBe(true)
      }),
    )
  })
})
