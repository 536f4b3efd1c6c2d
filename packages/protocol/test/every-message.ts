/** One message of each kind and of each command, as either side would send them. */

import type { Measured } from '../src/messages/tables.ts'
import type { AgentMessage, Command, PageMessage } from '../src/messages.ts'
import { controlOf, healthOf, helloOf, settingsOf } from './messages-fixture.ts'

function measured(toldLost: number | null): Measured {
  return {
    ...{ events: 1000, delivered: 990, dropped: 10, toldLost, deliveredPerSecond: 1e6 },
    ...{ producerNsPerEvent: 120.5, readerNsPerEvent: 80, memoryBytes: 65_536 },
    ...{ inversions: 3, late: 0 },
  }
}

export const everyAgentMessage: AgentMessage[] = [
  helloOf(),
  healthOf(),
  healthOf({
    drops: [{ slot: 'debug', type: 'open', cpu: 3, reason: 'full', count: 9, firstMs: 1, lastMs: 2 }],
    dropsElsewhere: 4,
    missed: null,
    client: {
      id: 1,
      matched: 9,
      sent: 5,
      thinned: 2,
      skipped: 1,
      queued: 1,
      withheld: 4,
      framesSent: 3,
      framesSkipped: 1,
    },
  }),
  {
    type: 'fill',
    epoch: 'e1',
    timeMs: 5,
    slots: [{ slot: 'debug', capacityBytes: 4096, usedBytes: 8, highWaterBytes: 80 }],
  },
  {
    type: 'top',
    epoch: 'e1',
    timeMs: 5,
    windowMs: 60_000,
    tables: {
      process: { total: 10.5, lost: 0, rows: [{ key: '1:sh', label: 'sh', id: 1, count: 10.5, error: 0 }] },
      syscall: { total: 0, lost: 0, rows: [] },
      file: { total: 0, lost: 0, rows: [] },
      remote: { total: 0, lost: 0, rows: [] },
    },
  },
  {
    type: 'tables',
    epoch: 'e1',
    timeMs: 5,
    types: ['packet', 'syscall'],
    intervalMs: 1000,
    connections: {
      ...{ known: 1, forgotten: 0, packets: 9, bytes: 900 },
      rows: [
        {
          ...{ protocol: 6, direction: 'out', source: '10.0.0.7:443', destination: '10.0.3.18:51544' },
          ...{ packets: 9, bytes: 900, bytesNow: 100, firstMs: 1, lastMs: 4.5 },
        },
      ],
    },
    windows: { windowMs: 100, rows: [{ timeMs: 4900, type: 'packet', events: 9, bytes: 900 }] },
    heavy: {
      process: {
        ...{ total: 9, errorBound: 0.02, epsilon: 0.00265, delta: 0.018 },
        rows: [{ key: '7', label: 'nginx', id: 7, count: 9, total: 90, totalErrorBound: 0.2, sinceMs: 1.5 }],
      },
      syscall: { total: 0, errorBound: 0, epsilon: 0.00265, delta: 0.018, rows: [] },
      remote: { total: 0, errorBound: 0, epsilon: 0.00265, delta: 0.018, rows: [] },
    },
    volume: { instead: { events: 9, eventBytes: 864 }, beside: { events: 2, eventBytes: 192 }, tableBytes: 72 },
  },
  {
    type: 'malformed',
    epoch: 'e1',
    timeMs: 5,
    total: 2,
    samples: [
      { timeMs: 4, slot: 'hot', typeNumber: 12, version: 1, cpu: 0, reason: 'type', size: 32, hex: '01000c00' },
      { timeMs: 5, slot: 'hot', typeNumber: null, version: null, cpu: null, reason: 'short', size: 1, hex: '01' },
    ],
  },
  { type: 'comparison', state: 'none', text: '', timeMs: 5, runs: [] },
  {
    type: 'comparison',
    state: 'done',
    text: 'done',
    timeMs: 5,
    runs: [{ workload: 'steady', ring: measured(null), perf: measured(3) }],
  },
  controlOf(),
  controlOf({ asked: settingsOf({ filters: [{ field: 'comm', not: true, value: 'sh' }] }) }),
  { type: 'reply', id: 1, ok: false, revision: 4, error: { code: 'stale', message: 'm', hint: 'h' } },
  { type: 'refusal', code: 'session', message: 'm', hint: 'h' },
]

const commands: Command[] = [
  { op: 'resize', slot: 'debug', bytes: 65_536 },
  { op: 'shard', slot: 'hot', sharding: 'cpu' },
  { op: 'processing', slot: 'cold', processing: 'batch' },
  { op: 'layout', preset: 'hot-cold' },
  { op: 'routes', routes: [{ eventType: 'open', slot: 'file' }] },
  { op: 'sampling', eventType: 'syscall', rate: 0.1 },
  { op: 'slotSampling', slot: 'hot', rate: 0.5 },
  { op: 'filters', rules: [] },
  {
    op: 'filters',
    rules: [
      { field: 'uid', not: true, value: 0 },
      { field: 'comm', not: false, value: 'nginx' },
      { field: 'cgroup', not: false, value: '/system.slice' },
      { field: 'type', not: true, value: ['open', 'exec'] },
    ],
  },
  { op: 'mode', eventType: 'packet', mode: 'both' },
  { op: 'version', eventType: 'exec', version: 1 },
  { op: 'order', mode: 'time', windowMs: 100 },
  { op: 'backpressure', slot: 'debug', on: true, watermark: 0.8 },
  { op: 'enable', eventType: 'tcp', on: false },
  { op: 'pause', on: true },
  { op: 'showSelf', on: true },
  { op: 'compare' },
]

export const filter = { types: [], slots: [], text: '' }
export const everyPageMessage: PageMessage[] = [
  { type: 'subscribe', protocol: 2, filter, rowsPerSecond: 2000, bytes: false },
  {
    type: 'subscribe',
    protocol: 2,
    filter: { types: ['open'], slots: ['debug'], text: 'x' },
    rowsPerSecond: null,
    bytes: true,
  },
  { type: 'ack', frame: 12 },
  ...commands.map((command, id): PageMessage => ({ type: 'command', id, revision: id % 2 === 0 ? null : id, command })),
]
