import { type EventType, parseAgentMessage } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { KernelTables, type TableFacts } from '../../src/aggregate/kernel-tables.ts'
import { EPSILON } from '../../src/aggregate/sketch.ts'
import { KIND } from '../../src/source/abi.ts'
import { tableWindow, type WindowShape } from './table-window.ts'

const PACKET = 6
const SYSCALL = 7
const FACTS: TableFacts = {
  ...{ epoch: 'e1', timeMs: 5_000, timeZero: { hi: 0, lo: 50_000_000 }, timeZeroMs: 1_000 },
  types: ['packet', 'syscall'],
  sent: [],
}

function taking(tables = new KernelTables()) {
  return (shape: WindowShape, facts: Partial<TableFacts> = {}) =>
    tables.take(tableWindow(shape), { ...FACTS, ...facts })
}

test('what it makes is a message of the protocol', () => {
  const message = taking()({
    flows: [{ peer: 2, port: 50_000, packets: 3, bytes: 400, firstNs: 60_000_000, lastNs: 70_000_000 }],
    sums: [{ window: 1, type: PACKET, events: 3, bytes: 400 }],
    keys: [
      { kind: KIND.process, tag: 77, comm: 'bash', count: 5 },
      { kind: KIND.remote, tag: 4, address: [10, 0, 0, 2], count: 3 },
    ],
    bytesRead: 1_000,
  })
  const parsed = parseAgentMessage(JSON.stringify(message))
  expect(parsed).toMatchObject({ ok: true })
  expect(message).toMatchObject({ epoch: 'e1', timeMs: 5_000, intervalMs: 1_000, types: ['packet', 'syscall'] })
})

test('a window that two takings share is one window, told when it is closed', () => {
  const take = taking()
  const open = take({ toNs: 250e6, sums: [{ window: 2, type: SYSCALL, events: 5, bytes: 400 }] })
  expect(open.windows.rows).toEqual([])
  const closed = take({ fromNs: 250e6, toNs: 300e6, sums: [{ window: 2, type: SYSCALL, events: 7, bytes: 560 }] })
  expect(closed.windows).toEqual({
    windowMs: 100,
    rows: [{ timeMs: 1_150, type: 'syscall', events: 12, bytes: 960 }],
  })
})

test('what was counted at several nesting levels is one window', () => {
  const sum = { window: 2, type: PACKET, events: 4, bytes: 240 }
  const { windows, volume } = taking()({ toNs: 300e6, sums: [sum, { ...sum, level: 1 }, { ...sum, level: 3 }] })
  expect(windows.rows).toEqual([{ timeMs: 1_150, type: 'packet', events: 12, bytes: 720 }])
  expect(volume.instead.events).toBe(12)
})

test('windows are told oldest first, for a minute', () => {
  const take = taking()
  take({
    toNs: 1e9,
    sums: [
      { window: 9, type: SYSCALL, events: 1, bytes: 80 },
      { window: 3, type: SYSCALL, events: 1, bytes: 80 },
      { window: 3, type: PACKET, events: 1, bytes: 60 },
    ],
  })
  const later = (toNs: number) => take({ toNs }).windows.rows.map(({ timeMs, type }) => [timeMs, type])
  expect(later(60.3e9)).toEqual([
    [1_250, 'packet'],
    [1_250, 'syscall'],
    [1_850, 'syscall'],
  ])
  expect(later(60.4e9)).toEqual([[1_850, 'syscall']])
})

test('the heaviest keys have their names, their last second and their total since they became known', () => {
  const take = taking()
  take({ fromNs: 50e6, toNs: 1050e6, keys: [{ kind: KIND.process, tag: 77, comm: 'bash', count: 40 }] })
  const { heavy } = take({
    ...{ fromNs: 1050e6, toNs: 2050e6 },
    keys: [
      { kind: KIND.process, tag: 77, comm: 'make', count: 2 },
      { kind: KIND.process, tag: 78, comm: 'cc1', count: 9 },
      { kind: KIND.syscall, tag: 0, count: 4 },
      { kind: KIND.syscall, tag: (1 << 31) >>> 0, count: 3 },
      { kind: KIND.remote, tag: 6, address: [...new Array(15).fill(0), 1], count: 6 },
    ],
  })
  expect(heavy.process.rows).toEqual([
    { key: '78', label: 'cc1', id: 78, count: 9, total: 9, totalErrorBound: EPSILON * 11, sinceMs: 2_000 },
    { key: '77', label: 'make', id: 77, count: 2, total: 42, totalErrorBound: EPSILON * 51, sinceMs: 1_000 },
  ])
  expect(heavy.syscall.rows.map(({ key, label }) => [key, label])).toEqual([
    ['0', 'read'],
    ['0 compat', 'restart_syscall'],
  ])
  expect(heavy.remote.rows).toMatchObject([{ key: '::1', label: '::1', id: null, count: 6 }])
})

test('each table says how far a count may be off, and with which probability not', () => {
  const { heavy } = taking()({ keys: [{ kind: KIND.syscall, tag: 1, count: 10_240 }] })
  expect(heavy.syscall).toMatchObject({ total: 10_240, epsilon: Math.E / 1024, delta: Math.exp(-4) })
  expect(heavy.syscall.errorBound).toBeCloseTo(10 * Math.E, 9)
})

test('totals begin anew when a type of the kind is counted again', () => {
  const take = taking()
  const keys = [{ kind: KIND.syscall, tag: 1, count: 10 }]
  take({ keys })
  take({ keys }, { types: ['packet'] })
  expect(take({ keys }).heavy.syscall.rows).toMatchObject([{ count: 10, total: 10 }])
})

test('volume is what the events would have taken in a ring, against what the tables took to read', () => {
  const take = taking()
  const sums = [
    { window: 1, type: PACKET, events: 1_000, bytes: 1_500_000 },
    { window: 1, type: SYSCALL, events: 10, bytes: 800 },
  ]
  take({ sums, bytesRead: 300 })
  expect(take({ bytesRead: 300 }).volume).toEqual({
    instead: { events: 1_010, eventBytes: 96_000 + 880 },
    beside: { events: 0, eventBytes: 0 },
    tableBytes: 600,
  })
})

test('volume: what was sent as well spares nothing, nor what may have been, before the mode changed', () => {
  const take = taking()
  const sums = [
    { window: 1, type: PACKET, events: 10, bytes: 600 },
    { window: 1, type: SYSCALL, events: 10, bytes: 800 },
  ]
  const counts = (sent: EventType[]) => {
    const { instead, beside } = take({ sums }, { sent }).volume
    return [instead.events, beside.events]
  }
  expect(counts(['packet'])).toEqual([10, 10])
  expect(counts([])).toEqual([20, 20])
  expect(counts([])).toEqual([40, 20])
  expect(counts(['packet', 'syscall'])).toEqual([40, 40])
})
