/** [D3] The agent's offsets are those of the object: every struct and member, in both directions. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { BpfObject, possibleCpus } from '@ringside/native'
import { EVENT_TYPES, RATE_ALL, SLOT_NAMES } from '@ringside/protocol'
import { afterAll, describe, expect, test } from 'vitest'
import {
  ABI,
  ABI_VERSION,
  DIRECTION,
  FILTER_FIELD,
  KIND,
  LIMITS,
  MODE,
  RECORD_BYTES,
  RECORD_VERSIONS,
  RING_HEADER,
  SLOTS_IN_USE,
  TABLE,
  TASK_FLAGS,
} from '../../src/source/abi.ts'
import { BANKS, objectFile, openObject } from '../../src/source/kernel/programs.ts'

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
      filters: constant('RS_FILTERS'),
      kinds: constant('RS_KINDS'),
      sketchRows: constant('RS_SKETCH_ROWS'),
      sketchCells: constant('RS_SKETCH_CELLS'),
      heavyShare: constant('RS_HEAVY_SHARE'),
      windowMs: constant('RS_WINDOW_MS'),
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
    expect(bytesOf('rs_row', 'untabled')).toBe(Object.keys(TABLE).length * 8)
    expect(bytesOf('rs_filter', 'comm')).toBe(LIMITS.commBytes)
    expect(bytesOf('rs_heavy', 'comm')).toBe(LIMITS.commBytes)
    expect(bytesOf('rs_plan', 'by_cpu')).toBe(LIMITS.slots * 4)
    expect(bytesOf('rs_sketch', 'total')).toBe(LIMITS.kinds * 8)
    expect(bytesOf('rs_sketch', 'cell')).toBe(LIMITS.kinds * LIMITS.sketchRows * LIMITS.sketchCells * 4)
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

  test('every version of a record that is told has a struct', () => {
    for (const [name, number] of Object.entries(EVENT_TYPES)) {
      const structs = Object.keys(ABI.structs).filter((struct) => new RegExp(`^rs_${name}\\d*$`).test(struct))
      expect(structs, name).toHaveLength(RECORD_VERSIONS[number] as number)
    }
  })

  test('what is counted, filtered and tabled', () => {
    expect(MODE).toEqual({
      events: constant('RS_MODE_EVENTS'),
      aggregate: constant('RS_MODE_AGGREGATE'),
      both: constant('RS_MODE_BOTH'),
    })
    const fields = Object.keys(FILTER_FIELD).map((field) => constant(`RS_FILTER_${field.toUpperCase()}`))
    expect(Object.values(FILTER_FIELD)).toEqual(fields)
    expect(Object.values(TABLE)).toEqual(Object.keys(TABLE).map((table) => constant(`RS_TABLE_${table.toUpperCase()}`)))
    expect(Object.values(KIND)).toEqual(Object.keys(KIND).map((kind) => constant(`RS_KIND_${kind.toUpperCase()}`)))
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
  const cpus = possibleCpus()
  const loaded = openObject(objectFile(), cpus, { transport: 'ring', programs: ['learn_pid'] })
  try {
    loaded.load()
    const { structs } = ABI
    const shape = (name: string) => {
      const { keyBytes, valueBytes, mapped, maxEntries } = loaded.map(name)
      return { keyBytes, valueBytes, mapped, maxEntries }
    }
    const mapped = (struct: { bytes: number }, maxEntries: number) => {
      return { keyBytes: 4, valueBytes: struct.bytes, mapped: true, maxEntries }
    }
    const words = (maxEntries: number) => ({ keyBytes: 4, valueBytes: 4, mapped: false, maxEntries })
    const entries = (key: { bytes: number }, valueBytes: number) => ({ keyBytes: key.bytes, valueBytes, mapped: false })
    expect(shape('rows')).toEqual(mapped(structs.rs_row, cpus * LIMITS.rows))
    expect(shape('control')).toEqual(mapped(structs.rs_control, 1))
    expect(shape('plan')).toEqual(mapped(structs.rs_plan, 1))
    expect(shape('filters')).toEqual(mapped(structs.rs_filter, BANKS * LIMITS.filters))
    expect(shape('wake')).toEqual(mapped(structs.rs_wake, LIMITS.slots))
    expect(shape('sketches')).toEqual(mapped(structs.rs_sketch, BANKS * cpus * LIMITS.levels))
    expect(shape('scratch')).toEqual({ ...words(cpus * LIMITS.rows), valueBytes: LIMITS.scratchBytes })
    expect(shape('slots')).toEqual(words(LIMITS.slots * (1 + cpus)))
    expect(shape('perf')).toEqual(words(LIMITS.slots * cpus))
    expect(shape('grace')).toEqual(words(1))
    for (let bank = 0; bank < BANKS; bank += 1) {
      const { rs_conn, rs_conn_sum, rs_window_key, rs_window_sum, rs_heavy_key, rs_heavy } = structs
      expect(shape(`connections_${bank}`)).toMatchObject(entries(rs_conn, rs_conn_sum.bytes))
      expect(shape(`windows_${bank}`)).toMatchObject(entries(rs_window_key, cpus * rs_window_sum.bytes))
      expect(shape(`heavy_${bank}`)).toMatchObject(entries(rs_heavy_key, rs_heavy.bytes))
    }
  } finally {
    loaded.close()
  }
})
