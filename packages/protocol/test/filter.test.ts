/** One filter, two halves: the agent's and the page's give the same answer. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBatch } from '../src/batch-decode.ts'
import { matchesRow, matchingRows } from '../src/batch-filter.ts'
import { EVENTS } from '../src/events.ts'
import { compileFilter, syscallsMatching } from '../src/filter.ts'
import type { Filter } from '../src/messages.ts'
import { RowMatcher } from '../src/row-matcher.ts'
import { anyRows, ascii, connOf, encode, type Row, rowOf, write } from './rows.ts'

const ALL: Filter = { types: [], slots: [], text: '' }

function passing(rows: readonly Row[], filter: Partial<Filter>): number[] {
  const batch = decodeBatch(encode(rows))
  if (!batch.ok) throw new Error(batch.message)
  return Array.from(matchingRows(compileFilter({ ...ALL, ...filter }), batch))
}

const open = (path: string, result = 3): Row =>
  rowOf({
    type: EVENTS.open.number,
    slot: 1,
    pid: 4711,
    comm: ascii('cat'),
    fields: [result, -100, 0, 0, 257, ascii(path)],
  })
const call = (nr: number, result: number, flags = 0): Row => rowOf({ fields: [result, nr], flags })
const tcp = rowOf({
  type: EVENTS.tcp.number,
  fields: [connOf({ local: [10, 0, 0, 7], localPort: 443, remote: [10, 0, 3, 18], remotePort: 51_544 }), 1, 3, 1],
})

describe('filter', () => {
  it('[FLT1] an empty filter lets everything through', () => {
    expect(passing([open('/a'), call(39, 1), tcp], {})).toEqual([0, 1, 2])
  })

  it('[FLT1] types and slots must both fit', () => {
    const rows = [open('/a'), call(39, 1), tcp]
    expect(passing(rows, { types: ['open', 'tcp'] })).toEqual([0, 2])
    expect(passing(rows, { slots: ['debug'] })).toEqual([1, 2])
    expect(passing(rows, { types: ['open', 'tcp'], slots: ['debug'] })).toEqual([2])
  })

  it.each([
    ['part of a path, whatever its case', 'PASSW', [0]],
    ['a process name', 'cat', [0, 1]],
    ['a pid', '4711', [0, 1]],
    ['an error', 'enoent', [1, 2]],
    ['a system call', 'getpp', [3]],
    ['an address', '10.0.3.18', [4]],
    ['an endpoint', '10.0.0.7:443', [4]],
    ['a protocol', 'tcp', [4]],
    ['a TCP state', 'established', [4]],
    ['spaces around it', '  passwd ', [0]],
    ['a plain number that is no pid: nothing', '257 ', [] as number[]],
    ['nowhere', 'zebra', [] as number[]],
  ])('[FLT2] text finds %s', (_, text, expected) => {
    const rows = [open('/etc/passwd'), open('/nope', -2), call(2, -2), call(110, 1), tcp]
    expect(passing(rows, { text })).toEqual(expected)
  })

  it('[FLT2] a compat call is searched by the name of its own table', () => {
    expect(passing([call(64, 1, 1), call(64, 1)], { text: 'getppid' })).toEqual([0])
    expect(passing([call(64, 1, 1), call(64, 1)], { text: 'semget' })).toEqual([1])
  })

  it('[FLT2] hostile bytes are found as they are shown', () => {
    const hostile = rowOf({ comm: Uint8Array.of(0x61, 0x1b, 0xff) })
    expect(passing([hostile, rowOf()], { text: 'a\\x1b\\xff' })).toEqual([0])
  })

  it('[FLT3] the agent and the page give the same answer for any rows and any text', () => {
    const text = fc.oneof(
      fc.constantFrom('1', 'sh', 'NODE', 'get', 'e', 'enoent', '\\x', '127.0.0.1:', 'udp', 'close', 'sig', ':', 'é'),
      fc.string({ maxLength: 3 }),
    )
    const types = fc.subarray(Object.values(EVENTS).map((event) => event.type))
    const slots = fc.subarray(['critical', 'normal', 'debug'] as const)
    fc.assert(
      fc.property(anyRows, text, types, slots, (rows, text, types, slots) => {
        const filter = compileFilter({ types, slots, text })
        const matcher = new RowMatcher(filter)
        const agent = rows.flatMap((row, index) => {
          write(matcher, row)
          return matcher.matched ? [index] : []
        })
        const batch = decodeBatch(encode(rows))
        if (!batch.ok) throw new Error(batch.message)
        expect(Array.from(matchingRows(filter, batch))).toEqual(agent)
        expect(rows.flatMap((_, row) => (matchesRow(filter, batch, row) ? [row] : []))).toEqual(agent)
      }),
      { numRuns: 500 },
    )
  })

  it('[FLT3] a matcher that has seen very many connections still answers right', () => {
    const matcher = new RowMatcher(compileFilter({ ...ALL, text: ':443' }))
    const packet = (port: number, remotePort: number) =>
      rowOf({ type: EVENTS.packet.number, fields: [connOf({ localPort: port, remotePort }), 60, 1, 1] })
    for (let port = 1; port < 20_000; port++) {
      write(matcher, packet(port, port % 3 === 0 ? 443 : 80))
      expect(matcher.matched).toBe(port % 3 === 0 || String(port).startsWith('443'))
    }
  })

  it('[FLT3] a matcher tells beforehand which rows need no decoding', () => {
    const matcher = new RowMatcher(compileFilter({ ...ALL, types: ['exec'] }))
    expect(matcher.wants(EVENTS.exec.number, 0)).toBe(true)
    expect(matcher.wants(EVENTS.open.number, 0)).toBe(false)
    expect(matcher.isShallow).toBe(true)
    expect(new RowMatcher(compileFilter({ ...ALL, text: 'x' })).isShallow).toBe(false)
  })

  it('system calls are looked up by a part of their name', () => {
    const numbers = (text: string) => Array.from(syscallsMatching(text)).flatMap((yes, nr) => (yes === 1 ? [nr] : []))
    expect(numbers('openat')).toEqual([257, 437])
    expect(numbers(' GETPPID ')).toEqual([110])
  })
})
