/** [D3] The agent's offsets are those of the object: every struct and member, in both directions. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { BpfObject } from '@ringside/native'
import { EVENT_TYPES, RATE_ALL, SLOT_NAMES } from '@ringside/protocol'
import { afterAll, describe, expect, test } from 'vitest'
import {
  ABI,
  ABI_VERSION,
  DIRECTION,
  LIMITS,
  RECORD_BYTES,
  RING_HEADER,
  SLOTS_IN_USE,
  TASK_FLAGS,
} from '../../src/source/abi.ts'

const require = createRequire(import.meta.url)
const object = BpfObject.open(require.resolve('@ringside/bpf/dist/ringside.bpf.o'))
const header = readFileSync(require.resolve('@ringside/bpf/include/abi.h'), 'utf8')

afterAll(() => object.close())

/** The number that the header gives to a name, by enum or by #define. */
function constant(name: string): number {
  const match = new RegExp(`\\b${name}\\b(?: =)?\\s+(0x[0-9a-f]+|[0-9]+)u?\\b`, 'i').exec(header)
  if (!match?.[1]) throw new Error(`abi.h has no ${name}`)
  return Number(match[1])
}

function bytesOf(struct: string, member: string): number {
  const found = object.struct(struct).members.find(({ name }) => name === member)
  if (!found) throw new Error(`${struct} has no ${member}`)
  return found.bytes
}

describe('[D3] structs', () => {
  test.each(Object.entries(ABI.structs))('%s has the size and the offsets of the object', (name, table) => {
    const { bytes, members } = object.struct(name)
    expect(bytes).toBe(table.bytes)
    expect(Object.fromEntries(members.map((member) => [member.name, member.offset]))).toEqual(table.members)
  })

  test('every struct of the header is in the table', () => {
    const declared = [...header.matchAll(/^struct (rs_\w+) \{/gm)].map((match) => match[1])
    expect(Object.keys(ABI.structs).sort()).toEqual(declared.sort())
  })
})

describe('[D3] constants', () => {
  test('limits', () => {
    expect(LIMITS).toEqual({
      slots: constant('RS_SLOTS'),
      types: constant('RS_TYPES'),
      levels: constant('RS_LEVELS'),
      rows: constant('RS_ROWS'),
      commBytes: constant('RS_COMM'),
      pathBytes: constant('RS_PATH'),
      scratchBytes: constant('RS_SCRATCH'),
    })
    expect(ABI_VERSION).toBe(constant('RS_ABI_VERSION'))
    expect(RATE_ALL).toBe(constant('RS_RATE_ALL'))
  })

  test('arrays have as many elements as the limits say', () => {
    expect(bytesOf('rs_row', 'seq')).toBe(LIMITS.slots * 8)
    expect(bytesOf('rs_row', 'fates')).toBe(LIMITS.slots * LIMITS.types * ABI.structs.rs_fates.bytes)
    expect(bytesOf('rs_control', 'type')).toBe(LIMITS.types * ABI.structs.rs_type_control.bytes)
    expect(bytesOf('rs_control', 'slot')).toBe(LIMITS.slots * ABI.structs.rs_slot_control.bytes)
    expect(bytesOf('rs_control', 'rate')).toBe(LIMITS.slots * LIMITS.types * 4)
    expect(bytesOf('rs_task', 'comm')).toBe(LIMITS.commBytes)
  })

  test.each(Object.entries(EVENT_TYPES))('event type %s', (name, number) => {
    expect(number).toBe(constant(`RS_${name.toUpperCase()}`))
    expect(RECORD_BYTES[number]?.min).toBe(object.struct(`rs_${name}`).bytes)
  })

  test.each([...SLOT_NAMES.entries()])('slot %i is %s', (number, name) => {
    expect(number).toBe(constant(`RS_SLOT_${name.toUpperCase()}`))
  })

  test('the slots in use are those with names', () => {
    expect(SLOTS_IN_USE).toBe(SLOT_NAMES.length)
  })

  test('flags', () => {
    expect(TASK_FLAGS).toEqual({
      compat: constant('RS_TASK_COMPAT'),
      truncated: constant('RS_TASK_TRUNCATED'),
      unreadable: constant('RS_TASK_UNREADABLE'),
    })
    expect(DIRECTION).toEqual({ out: constant('RS_OUT'), in: constant('RS_IN') })
  })

  test('the ring header is as long as emit counts it', () => {
    const emit = readFileSync(require.resolve('@ringside/bpf/include/emit.h'), 'utf8')
    expect(Number(/#define RING_HEADER (\d+)/.exec(emit)?.[1])).toBe(RING_HEADER.bytes)
  })
})

test('[D3] the maps are as large and as mapped as user space takes them', { timeout: 30_000 }, () => {
  const loaded = BpfObject.open(require.resolve('@ringside/bpf/dist/ringside.bpf.o'))
  try {
    for (const { name } of loaded.programs()) loaded.setAutoload(name, name === 'learn_pid')
    loaded.load()
    const { rs_row, rs_control, rs_wake } = ABI.structs
    const shape = (name: string) => {
      const { valueBytes, mapped, maxEntries } = loaded.map(name)
      return { valueBytes, mapped, maxEntries }
    }
    expect(shape('rows')).toEqual({ valueBytes: rs_row.bytes, mapped: true, maxEntries: LIMITS.rows })
    expect(shape('control')).toEqual({ valueBytes: rs_control.bytes, mapped: true, maxEntries: 1 })
    expect(shape('wake')).toEqual({ valueBytes: rs_wake.bytes, mapped: true, maxEntries: LIMITS.slots })
    expect(shape('scratch')).toEqual({ valueBytes: LIMITS.scratchBytes, mapped: false, maxEntries: LIMITS.rows })
    expect(shape('slots')).toEqual({ valueBytes: 4, mapped: false, maxEntries: LIMITS.slots })
  } finally {
    loaded.close()
  }
})
