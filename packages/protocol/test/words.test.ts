/** Sampling rates as thresholds, and the numbers of the vocabulary. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVENT_BY_NUMBER, EVENTS, fieldIndex } from '../src/events.ts'
import {
  EVENT_TYPES,
  type EventType,
  PRESETS,
  presetOf,
  RATE_ALL,
  type SlotName,
  TYPE_VERSIONS,
  thresholdOf,
  weightOf,
} from '../src/words.ts'

function typesOf(routes: Readonly<Record<EventType, SlotName>>): Record<EventType, { slot: SlotName }> {
  const types = Object.entries(routes).map(([type, slot]) => [type, { slot }])
  return Object.fromEntries(types) as Record<EventType, { slot: SlotName }>
}

describe('vocabulary', () => {
  it('every type is found by its number, and 0 is none', () => {
    expect(Object.keys(EVENTS)).toEqual(Object.keys(EVENT_TYPES))
    for (const event of Object.values(EVENTS)) expect(EVENT_BY_NUMBER[event.number]).toBe(event)
    expect(EVENT_BY_NUMBER[0]).toBeUndefined()
  })

  it('a field that a type does not have is a mistake of the caller', () => {
    expect(fieldIndex('open', 'path')).toBe(5)
    expect(() => fieldIndex('open', 'colour')).toThrow(RangeError)
  })

  it.each(Object.entries(PRESETS))('a layout is known by its routes: %s', (name, routes) => {
    const types = typesOf(routes)
    expect(presetOf(types)).toBe(name)
    expect(presetOf({ ...types, tick: { slot: 'critical' } })).toBe('custom')
  })

  it('every type has a newest version, and every field begins with one that exists', () => {
    for (const { type, fields } of Object.values(EVENTS)) {
      for (const field of fields) expect(field.since).toBeLessThanOrEqual(TYPE_VERSIONS[type])
    }
  })

  it('all and none are exact', () => {
    expect([thresholdOf(1), thresholdOf(2), thresholdOf(0), thresholdOf(-1)]).toEqual([RATE_ALL, RATE_ALL, 0, 0])
    expect([weightOf(RATE_ALL), weightOf(0)]).toEqual([1, 0])
  })

  it('a kept event stands for one over the rate', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1, noNaN: true }), (rate) => {
        expect(weightOf(thresholdOf(rate)) * rate).toBeCloseTo(1, 3)
      }),
    )
  })
})
