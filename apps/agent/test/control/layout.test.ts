/** Settings ↔ bytes of the control block, word by word. */
import { EVENT_TYPES, RATE_ALL } from '@ringside/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedWords, decodeControl, encodeControl } from '../../src/control/layout.ts'
import { DEFAULT_CAPACITIES, defaultSettings, TYPE_NAMES } from '../../src/control/settings.ts'

const MIB = 1024 * 1024
const FACTS = { agentPid: 4242, agentPort: 7070, capacities: DEFAULT_CAPACITIES }
/** struct rs_slot_control of `debug`, and the word of a rate, as abi.h has them. */
const DEBUG_AT = 136 + 2 * 16
const rateAt = (slot: number, type: number) => 264 + (slot * 16 + type) * 4

function words(block: Uint8Array): DataView {
  return new DataView(block.buffer)
}

describe('the control block', () => {
  it('is as large as struct rs_control', () => {
    expect(encodeControl(defaultSettings(), FACTS)).toHaveLength(776)
  })

  it('[D12] names the agent by pid and port, unless its events are to be shown', () => {
    const hidden = words(encodeControl(defaultSettings(), FACTS))
    expect([hidden.getUint32(0, true), hidden.getUint16(4, true)]).toEqual([4242, 7070])
    const shown = words(encodeControl({ ...defaultSettings(), showSelf: true }, FACTS))
    expect([shown.getUint32(0, true), shown.getUint16(4, true)]).toEqual([0, 0])
  })

  it('routes each type to its slot, enabled', () => {
    const block = encodeControl(defaultSettings(), FACTS)
    expect([...block.subarray(8 + 2 * 8, 8 + 2 * 8 + 2)]).toEqual([1, 0])
    expect([...block.subarray(8 + 7 * 8, 8 + 7 * 8 + 2)]).toEqual([1, 2])
  })

  it('[D6] holds a rate as a 32-bit threshold', () => {
    const settings = defaultSettings()
    settings.types.syscall.rate = 0.25
    const view = words(encodeControl(settings, FACTS))
    expect(view.getUint32(rateAt(2, EVENT_TYPES.syscall), true)).toBe(2 ** 30)
    expect(view.getUint32(rateAt(2, EVENT_TYPES.packet), true)).toBe(RATE_ALL)
  })

  it('[D7] never samples in the critical slot', () => {
    const settings = defaultSettings()
    settings.types.exec.rate = 0
    expect(words(encodeControl(settings, FACTS)).getUint32(rateAt(0, EVENT_TYPES.exec), true)).toBe(RATE_ALL)
  })

  it('sheds above the watermark and stops at three quarters of it', () => {
    const settings = defaultSettings()
    settings.slots.debug = { ...settings.slots.debug, backpressure: true, watermark: 0.5 }
    const view = words(encodeControl(settings, FACTS))
    const slot = [0, 4, 8, 12].map((member) => view.getUint32(DEBUG_AT + member, true))
    expect(slot).toEqual([1, 4 * MIB, 3 * MIB, MIB])
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
    fc.assert(
      fc.property(share, share, fc.boolean(), fc.constantFrom(...TYPE_NAMES), (rate, watermark, on, type) => {
        const asked = defaultSettings()
        asked.slots.debug = { ...asked.slots.debug, backpressure: on, watermark }
        asked.paused = on
        if (asked.types[type].slot !== 'critical') asked.types[type] = { ...asked.types[type], rate, enabled: on }
        expect(decodeControl(encodeControl(asked, FACTS), DEFAULT_CAPACITIES, asked)).toEqual(asked)
      }),
    )
  })

  it('gives what stands there, when that is something else', () => {
    const applied = defaultSettings()
    applied.types.syscall.rate = 0.25
    applied.slots.debug.watermark = 0.5
    const read = decodeControl(encodeControl(applied, FACTS), DEFAULT_CAPACITIES, defaultSettings())
    expect(read.types.syscall.rate).toBe(0.25)
    expect(read.slots.debug.watermark).toBe(0.5)
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
