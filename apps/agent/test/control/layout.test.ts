/** Settings ↔ bytes of the control block, word by word. */
import { EVENT_TYPES, RATE_ALL, SLOT_NAMES } from '@ringside/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Beside, changedWords, decodeControl, encodeControl } from '../../src/control/layout.ts'
import { defaultSettings, recordOf, TYPE_NAMES } from '../../src/control/settings.ts'

const MIB = 1024 * 1024
const PART_BYTES = recordOf(SLOT_NAMES, (slot) => defaultSettings().slots[slot].capacityBytes)
const FACTS = { agentPid: 4242, agentPort: 7070, partBytes: PART_BYTES }
/** struct rs_slot_control of `debug`, and the word of a rate, as abi.h has them. */
const DEBUG_AT = 136 + 2 * 16
const rateAt = (slot: number, type: number) => 392 + (slot * 16 + type) * 4

/** What is in force beside the block, when all of it is as asked. */
function beside({ order, filters, slots }: ReturnType<typeof defaultSettings>): Beside {
  return { partBytes: PART_BYTES, order, filters, slots }
}

function words(block: Uint8Array): DataView {
  return new DataView(block.buffer)
}

describe('the control block', () => {
  it('is as large as struct rs_control', () => {
    expect(encodeControl(defaultSettings(), FACTS)).toHaveLength(1416)
  })

  it('[D12] names the agent by pid and port, unless its events are to be shown', () => {
    const hidden = words(encodeControl(defaultSettings(), FACTS))
    expect([hidden.getUint32(0, true), hidden.getUint16(4, true)]).toEqual([4242, 7070])
    const shown = words(encodeControl({ ...defaultSettings(), showSelf: true }, FACTS))
    expect([shown.getUint32(0, true), shown.getUint16(4, true)]).toEqual([0, 0])
  })

  it('routes each type to its slot, enabled, sent as an event of the newest version', () => {
    const block = encodeControl(defaultSettings(), FACTS)
    expect([...block.subarray(8 + 2 * 8, 8 + 2 * 8 + 4)]).toEqual([1, 0, 0, 2])
    expect([...block.subarray(8 + 7 * 8, 8 + 7 * 8 + 4)]).toEqual([1, 2, 0, 1])
  })

  it('[D6] holds a rate as a 32-bit threshold', () => {
    const settings = defaultSettings()
    settings.types.syscall.rate = 0.25
    const view = words(encodeControl(settings, FACTS))
    expect(view.getUint32(rateAt(2, EVENT_TYPES.syscall), true)).toBe(2 ** 30)
    expect(view.getUint32(rateAt(2, EVENT_TYPES.packet), true)).toBe(RATE_ALL)
  })

  it.each([
    ['aggregate', 1],
    ['both', 2],
  ] as const)('has the mode %s as %i', (mode, number) => {
    const settings = defaultSettings()
    settings.types.packet.mode = mode
    expect(encodeControl(settings, FACTS)[8 + 6 * 8 + 2]).toBe(number)
  })

  it('[D6] keeps of an event what its slot and its type keep, in whichever slot it is', () => {
    const settings = defaultSettings()
    settings.types.syscall.rate = 0.5
    settings.slots.debug.rate = 0.25
    settings.slots.network.rate = 0.5
    const view = words(encodeControl(settings, FACTS))
    const rates = [2, 5, 6].map((slot) => view.getUint32(rateAt(slot, EVENT_TYPES.syscall), true))
    expect(rates).toEqual([2 ** 29, 2 ** 30, 2 ** 31])
  })

  it('[D7] never samples in the critical slot', () => {
    const settings = defaultSettings()
    settings.types.exec.rate = 0
    settings.slots.critical.rate = 0
    expect(words(encodeControl(settings, FACTS)).getUint32(rateAt(0, EVENT_TYPES.exec), true)).toBe(RATE_ALL)
  })

  it('sheds above the watermark and stops at three quarters of it', () => {
    const settings = defaultSettings()
    settings.slots.debug = { ...settings.slots.debug, backpressure: true, watermark: 0.5 }
    const view = words(encodeControl(settings, FACTS))
    const slot = [0, 4, 8, 12].map((member) => view.getUint32(DEBUG_AT + member, true))
    expect(slot).toEqual([1, 4 * MIB, 3 * MIB, MIB])
  })

  it('[D15] thresholds of a slot that is sharded refer to one part', () => {
    const settings = defaultSettings()
    settings.slots.debug = { ...settings.slots.debug, backpressure: true, watermark: 0.5 }
    const view = words(encodeControl(settings, { ...FACTS, partBytes: { ...PART_BYTES, debug: 2 * MIB } }))
    const slot = [4, 8, 12].map((member) => view.getUint32(DEBUG_AT + member, true))
    expect(slot).toEqual([MIB, 0.75 * MIB, 0.25 * MIB])
  })

  it('a watermark of 0 sheds always', () => {
    const settings = defaultSettings()
    settings.slots.debug.watermark = 0
    expect(words(encodeControl(settings, FACTS)).getUint32(DEBUG_AT + 4, true)).toBe(0)
  })

  it('a watermark that is not 0 never becomes always', () => {
    const settings = defaultSettings()
    settings.slots.debug.watermark = 1e-9
    expect(words(encodeControl(settings, FACTS)).getUint32(DEBUG_AT + 4, true)).toBe(1)
  })

  it('wakes the reader of the critical slot at once, the others at an eighth', () => {
    const view = words(encodeControl(defaultSettings(), FACTS))
    expect(view.getUint32(136 + 12, true)).toBe(1)
    expect(view.getUint32(136 + 16 + 12, true)).toBe(MIB)
  })
})

describe('reading it back', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })

  it('gives what was asked, when that is what stands there', () => {
    const others = fc.constantFrom(...TYPE_NAMES.filter((type) => defaultSettings().types[type].slot !== 'critical'))
    const mode = fc.constantFrom('events' as const, 'aggregate' as const, 'both' as const)
    fc.assert(
      fc.property(share, share, share, fc.boolean(), others, mode, (rate, slotRate, watermark, on, type, how) => {
        const asked = defaultSettings()
        asked.slots.debug = { ...asked.slots.debug, backpressure: on, watermark, rate: slotRate }
        asked.paused = on
        asked.types[type] = { ...asked.types[type], rate, enabled: on, mode: how }
        expect(decodeControl(encodeControl(asked, FACTS), asked, beside(asked))).toEqual(asked)
      }),
    )
  })

  it('gives what stands there, when that is something else', () => {
    const applied = defaultSettings()
    applied.types.syscall.rate = 0.25
    applied.slots.debug.watermark = 0.5
    applied.slots.normal.rate = 0.5
    applied.types.exec.version = 1
    applied.types.packet = { ...applied.types.packet, slot: 'network', mode: 'both' }
    const asked = defaultSettings()
    expect(decodeControl(encodeControl(applied, FACTS), asked, beside(asked))).toEqual(applied)
  })

  it('gives what a type keeps by itself, of what is kept in its slot', () => {
    const applied = defaultSettings()
    applied.slots.debug.rate = 0.5
    applied.types.syscall.rate = 0.5
    const asked = defaultSettings()
    asked.slots.debug.rate = 0.5
    const read = decodeControl(encodeControl(applied, FACTS), asked, beside(asked))
    expect(read.types.syscall.rate).toBeCloseTo(0.5, 9)
  })

  it('[D7] says that a critical type is not sampled, whatever was asked for it elsewhere', () => {
    const asked = defaultSettings()
    asked.types.exec.rate = 0.5
    expect(decodeControl(encodeControl(asked, FACTS), asked, beside(asked)).types.exec.rate).toBe(1)
  })

  it('takes version 0 for the newest', () => {
    const block = encodeControl(defaultSettings(), FACTS)
    block[8 + 2 * 8 + 3] = 0
    const asked = defaultSettings()
    expect(decodeControl(block, asked, beside(asked)).types.exec.version).toBe(2)
  })

  it('takes what is in force beside the block from beside it', () => {
    const asked = defaultSettings()
    const told = beside({ ...asked, order: { mode: 'cpu', windowMs: 5 } })
    expect(decodeControl(encodeControl(asked, FACTS), asked, told).order).toEqual({ mode: 'cpu', windowMs: 5 })
  })
})

it('two blocks differ in whole words', () => {
  const before = new Uint8Array(16)
  const after = new Uint8Array(16)
  after[5] = 1
  after[15] = 2
  expect(changedWords(before, after)).toEqual([
    [4, new Uint8Array([0, 1, 0, 0])],
    [12, new Uint8Array([0, 0, 0, 2])],
  ])
})
