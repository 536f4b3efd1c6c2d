import { describe, expect, it } from 'vitest'
import { rateInForce, shownSlots, slotsInUse } from '../store/slots.ts'
import { blockedText, faultText, fitText, partsText, toldText, transportWords } from '../view/buffers/transport.ts'
import { feedsSampled } from '../view/top/sampled.ts'
import { makeSettings } from './make-control.ts'
import { makeFates, makeHealth, makeSlot } from './make-health.ts'

describe('slots', () => {
  it('are shown while they have a buffer, or once they have counted', () => {
    const health = makeHealth(1, {
      slots: [
        makeSlot({ slot: 'hot' }),
        makeSlot({ slot: 'file', capacityBytes: 0 }),
        makeSlot({ slot: 'debug', capacityBytes: 0 }),
        makeSlot({ slot: 'critical' }),
      ],
      fates: [makeFates({ slot: 'debug', seen: 5 }), makeFates({ slot: 'file', seen: 0 })],
    })
    expect(shownSlots(health).map(({ slot }) => slot)).toEqual(['critical', 'debug', 'hot'])
  })

  it('are in use in the order of their numbers', () => {
    expect(slotsInUse(makeSettings({ preset: 'subsystem' }))).toEqual(['process', 'file', 'network', 'syscall'])
    expect(slotsInUse(makeSettings({ preset: 'single' }), makeSettings({ preset: 'hot-cold' }))).toEqual([
      ...['normal', 'hot', 'cold'],
    ])
  })

  it('sample on top of their types, but for critical', () => {
    const settings = makeSettings({
      slots: { debug: { rate: 0.5 }, critical: { rate: 0.5 } },
      types: { syscall: { rate: 0.1 } },
    })
    expect(rateInForce(settings, 'syscall')).toBeCloseTo(0.05)
    expect(rateInForce(settings, 'packet')).toBe(0.5)
    expect(rateInForce(settings, 'exec')).toBe(1)
    expect(feedsSampled(settings, 'syscall')).toBe(true)
    expect(feedsSampled(settings, 'file')).toBe(false)
  })
})

describe('a buffer in words', () => {
  it('what it is made of', () => {
    expect(partsText({ parts: 1, capacityBytes: 8 << 20 })).toBe('8 MiB in one part')
    expect(partsText({ parts: 2, capacityBytes: 8 << 20 })).toBe('8 MiB in 2 parts, one per CPU')
  })

  it('what still fits', () => {
    expect(fitText(makeSlot({ largestFitBytes: 4 << 20 }))).toBe('records up to 4 MiB still fit')
    expect(fitText(makeSlot({ largestFitBytes: 0 }))).toBe('no record fits now')
    expect(fitText(makeSlot({ capacityBytes: 0 }))).toBeNull()
  })

  it('what perf buffers told beside what was counted', () => {
    expect(toldText(makeSlot({ toldLost: 1_204, tail: 6 }), 1_210)).toBe(
      'told by the kernel 1,204 · counted 1,210 · tail 6',
    )
    expect(toldText(makeSlot(), 5)).toBeNull()
  })

  it('how many of its parts are not read any more', () => {
    expect(faultText(makeSlot({ parts: 2 }))).toBeNull()
    expect(faultText(makeSlot({ parts: 2, faultyParts: 1 }))).toBe('1 of 2 parts invalid')
    expect(faultText(makeSlot({ faultyParts: 1 }))).toBe('invalid')
  })

  it('how long a record at the head has blocked it', () => {
    expect(blockedText(makeSlot())).toBeNull()
    expect(blockedText(makeSlot({ blockedMs: 1_200, droppedBlocked: 40 }))).toBe(
      'blocked for 1.2 s, 40 dropped meanwhile',
    )
  })

  it('the transport, and why it is this one', () => {
    const words = transportWords({ transport: 'perf', transportReason: 'this kernel has no ring buffers' })
    expect(words.text).toBe('perf buffers')
    expect(words.meaning).toMatch(/Why: this kernel has no ring buffers\.$/)
  })
})
